package dev.forefront.tensor;

import java.lang.foreign.MemorySegment;

/**
 * What attention reads and writes in one pass over some tokens, in numbers of float32.
 *
 * @param heads of the queries
 * @param keyValueHeads which divide them
 * @param size of a head
 * @param scale of the products of query and key
 * @param window places that are seen, the own one included; 0 for all
 * @param pairs of a head's entries that turn
 * @param cos {@code [places][pairs]} of the angle at each place of a document
 * @param sin likewise
 * @param documents whose tokens see each other
 * @param chunk key-value heads of one part, with the query heads that ask them
 * @param heard {@code [tokens, heads + 2 keyValueHeads, size]}: queries, keys and values
 * @param read {@code [tokens, heads, size]}: what each head reads
 * @param most {@code [heads, tokens]}: each query's largest score
 * @param share {@code [heads, tokens]}: one by the sum of the exponentials of its scores less that
 */
record AttentionPass(
    int heads,
    int keyValueHeads,
    int size,
    float scale,
    int window,
    int pairs,
    float[] cos,
    float[] sin,
    Documents documents,
    int chunk,
    int tokens,
    MemorySegment heard,
    MemorySegment read,
    float[] most,
    float[] share) {

  /** Of no tokens. */
  static final AttentionPass NONE =
      new AttentionPass(
          1,
          1,
          1,
          1,
          0,
          0,
          new float[0],
          new float[0],
          Documents.rows(0, 0),
          1,
          0,
          MemorySegment.NULL,
          MemorySegment.NULL,
          new float[0],
          new float[0]);

  /** Bytes of one part. */
  private static final long CACHE = 1 << 20;

  /** Parts that each thread should have at least. */
  private static final int PARTS = 4;

  static AttentionPass of(
      CausalAttention attention,
      Tensor heard,
      Tensor read,
      Rotation rotation,
      Documents documents) {
    int heads = attention.heads();
    int tokens = Math.toIntExact(read.count() / heads / read.size(-1));
    return new AttentionPass(
        heads,
        attention.keyValueHeads(),
        (int) read.size(-1),
        (float) attention.scale(),
        attention.window(),
        rotation.pairs(),
        rotation.cosines(documents.longest()),
        rotation.sines(documents.longest()),
        documents,
        chunk(attention, (int) read.size(-1), documents),
        tokens,
        heard.memory(),
        read.memory(),
        new float[Math.multiplyExact(heads, tokens)],
        new float[heads * tokens]);
  }

  /** Writes zeros at tokens of no document, of some heads each. */
  void gaps(MemorySegment numbers, int ofEach) {
    long each = (long) ofEach * size * Float.BYTES;
    int at = 0;
    for (int i = 0; i <= documents.count(); i++) {
      int next = i == documents.count() ? tokens : documents.from()[i];
      if (next > at) {
        numbers.asSlice(at * each, (next - at) * each).fill((byte) 0);
      }
      at = i == documents.count() ? tokens : next + documents.length()[i];
    }
  }

  /**
   * As many heads as a cache holds: tokens lie apart in memory, and the more of one is read at once
   * the better. But threads need parts to share.
   */
  private static int chunk(CausalAttention attention, int size, Documents documents) {
    int longest = documents.longest();
    long ofOne =
        (attention.heads() / attention.keyValueHeads() + 2L) * longest * size * Float.BYTES;
    long parts = Math.ceilDiv((long) PARTS * Torch.threads(), documents.count());
    long most = Math.min(CACHE / ofOne, attention.keyValueHeads() / parts);
    return (int) Math.clamp(most, 1, attention.keyValueHeads());
  }

  /** Chunks of heads of one document. */
  int chunks() {
    return Math.ceilDiv(keyValueHeads, chunk);
  }

  /** Parts that threads may share: a document's chunk of heads. */
  int parts() {
    return documents.count() * chunks();
  }

  /** Query heads that ask one key-value head. */
  int group() {
    return heads / keyValueHeads;
  }

  /** The first place that a query sees. */
  int first(int query) {
    return window == 0 ? 0 : Math.max(0, query + 1 - window);
  }

  long heardAt(int token, int head) {
    return ((long) token * (heads + 2L * keyValueHeads) + head) * size;
  }

  long readAt(int token, int head) {
    return ((long) token * heads + head) * size;
  }
}
