package dev.forefront.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Attention of some heads over one document, forward and back, in memory that one thread uses again
 * and again. Queries are taken a panel at a time, side by side in a vector's lanes, with all keys
 * that they see, so that every score stays in a cache; on the way back scores are computed again
 * (Dao et al. 2022, without its running maximum).
 *
 * <p>Results depend on nothing but the numbers: not on the documents beside, on the threads, or on
 * whether the JVM's compiler has seen this code yet.
 */
final class AttentionWork {
  private static final int ROWS = Tile.ROWS;
  private static final int COLUMNS = Tile.COLUMNS;

  private static final float[] ONES = new float[COLUMNS];

  static {
    Arrays.fill(ONES, 1);
  }

  /**
   * Heads that lie side by side in a token's memory.
   *
   * @param head the first of them there
   * @param at where its numbers begin in {@link #rows}
   */
  private record Range(int head, int at, int count) {}

  // The part that is worked on.
  private AttentionPass pass = AttentionPass.NONE;
  private int from;
  private int length;
  // Key-value heads from this one on, and how many.
  private int firstKey;
  private int keys;
  private int queries;

  // Of queries, keys and values.
  private List<Range> ranges = List.of();

  // A head's entries, and these rounded up to whole tiles, with zeros.
  private int size;
  private int width;
  // Tokens rounded up to whole tiles, and numbers of one head.
  private int tokens;
  private int each;

  // [head][token][width]: queries, keys and values; on the way back also the gradients of what the
  // queries read. What is computed of each takes its place.
  private float[] rows = {};
  // Of one head, see Layouts.
  private float[] keyStrips = {};
  private float[] valueStrips = {};
  private float[] queryPanels = {};
  private float[] outputPanels = {};
  private float[] entryStrips = {};
  private float[] queryEntries = {};
  private float[] outputEntries = {};
  // Of a panel of queries, [token][COLUMNS]: scores, which become shares, and their gradients.
  private float[] scores = {};
  private float[] byScores = {};
  // [width][COLUMNS]: what a panel's queries read, or their gradients.
  private float[] panel = {};
  // Of each query of a head: its largest score, one by its sum of exponentials.
  private float[] most = {};
  private float[] share = {};
  // [query head][token]: what it read times the gradient of that.
  private float[] products = {};
  // One token's heads.
  private float[] token = {};

  private static int up(int count, int whole) {
    return (count + whole - 1) / whole * whole;
  }

  private void begin(AttentionPass of, int part, boolean back) {
    pass = of;
    int document = part / pass.chunks();
    from = pass.documents().from()[document];
    length = pass.documents().length()[document];
    firstKey = part % pass.chunks() * pass.chunk();
    keys = Math.min(pass.chunk(), pass.keyValueHeads() - firstKey);
    queries = keys * pass.group();
    size = pass.size();
    width = up(size, COLUMNS);
    tokens = up(length, COLUMNS);
    each = Math.multiplyExact(tokens, width);
    makeRoom(back);
    ranges =
        List.of(
            new Range(firstQuery(), queryAt(0), queries),
            new Range(pass.heads() + firstKey, keyAt(0), keys),
            new Range(pass.heads() + pass.keyValueHeads() + firstKey, valueAt(0), keys));
  }

  private void makeRoom(boolean back) {
    int heads = back ? 2 * queries + 2 * keys : queries + 2 * keys;
    rows = room(rows, Math.multiplyExact(heads, each));
    token = room(token, queries * size);
    keyStrips = room(keyStrips, each);
    queryPanels = room(queryPanels, each);
    entryStrips = room(entryStrips, each);
    scores = room(scores, tokens * COLUMNS);
    panel = room(panel, width * COLUMNS);
    most = room(most, tokens);
    share = room(share, tokens);
    if (back) {
      valueStrips = room(valueStrips, each);
      outputPanels = room(outputPanels, each);
      queryEntries = room(queryEntries, each);
      outputEntries = room(outputEntries, each);
      byScores = room(byScores, tokens * COLUMNS);
      products = room(products, queries * tokens);
    }
  }

  private static float[] room(float[] numbers, int needed) {
    return numbers.length < needed ? new float[needed] : numbers;
  }

  // ---- where numbers stand ----

  private int queryAt(int query) {
    return query * each;
  }

  private int keyAt(int key) {
    return (queries + key) * each;
  }

  private int valueAt(int key) {
    return (queries + keys + key) * each;
  }

  /** Of the gradient of what a query head read. */
  private int outputAt(int query) {
    return (queries + 2 * keys + query) * each;
  }

  private int firstQuery() {
    return firstKey * pass.group();
  }

  /** Token by token, as they lie in memory. */
  private void fetch() {
    for (int place = 0; place < length; place++) {
      for (Range range : ranges) {
        load(pass.heard(), pass.heardAt(from + place, range.head()), range, place);
      }
    }
    pad(0, queries + 2 * keys);
  }

  private void load(MemorySegment numbers, long first, Range range, int place) {
    int count = range.count() * size;
    MemorySegment.copy(
        numbers, ValueLayout.JAVA_FLOAT_UNALIGNED, first * Float.BYTES, token, 0, count);
    for (int i = 0, to = range.at() + place * width; i < count; i += size, to += each) {
      System.arraycopy(token, i, rows, to, size);
    }
  }

  private void store(Range range, int place, MemorySegment numbers, long first) {
    int count = range.count() * size;
    for (int i = 0, at = range.at() + place * width; i < count; i += size, at += each) {
      System.arraycopy(rows, at, token, i, size);
    }
    MemorySegment.copy(
        token, 0, numbers, ValueLayout.JAVA_FLOAT_UNALIGNED, first * Float.BYTES, count);
  }

  /** Zeros where heads were made wider and documents longer: something may stand there. */
  private void pad(int first, int end) {
    for (int head = first; head < end; head++) {
      int at = head * each;
      Arrays.fill(rows, at + length * width, at + each, 0);
      if (size < width) {
        for (int place = 0; place < length; place++) {
          Arrays.fill(rows, at + place * width + size, at + (place + 1) * width, 0);
        }
      }
    }
  }

  // ---- forward ----

  /** Computes what a part's queries read. */
  void forward(AttentionPass of, int part) {
    begin(of, part, false);
    fetch();
    for (int key = 0; key < keys; key++) {
      Layouts.turn(pass, rows, keyAt(key), length, width, 1, 1);
      Layouts.strips(rows, keyAt(key), tokens, width, keyStrips);
      Layouts.entryStrips(rows, valueAt(key), tokens, width, entryStrips);
      for (int i = 0; i < pass.group(); i++) {
        int query = key * pass.group() + i;
        Layouts.turn(pass, rows, queryAt(query), length, width, 1, pass.scale());
        Layouts.panels(rows, queryAt(query), tokens, width, queryPanels);
        for (int first = 0; first < length; first += COLUMNS) {
          read(query, first);
        }
        int at = (firstQuery() + query) * pass.tokens() + from;
        System.arraycopy(most, 0, pass.most(), at, length);
        System.arraycopy(share, 0, pass.share(), at, length);
      }
    }
    for (int place = 0; place < length; place++) {
      store(ranges.getFirst(), place, pass.read(), pass.readAt(from + place, firstQuery()));
    }
  }

  /** What the queries of one panel read. */
  private void read(int query, int first) {
    int begin = pass.first(first) / ROWS * ROWS;
    int end = Math.min(length, first + COLUMNS);
    score(keyStrips, queryPanels, first, begin, end, scores);
    Shading.fill(scores, begin, end, first, pass.window(), Float.NEGATIVE_INFINITY);
    Softmax.forward(scores, begin, end, most, share, first);
    Shading.fill(scores, begin, end, first, pass.window(), 0);
    weigh(scores, begin, end);
    Layouts.rows(panel, width, share, first, rows, queryAt(query) + first * width);
  }

  /** Products of a panel of queries, or of gradients, with keys or values. */
  private void score(float[] strips, float[] panels, int first, int begin, int end, float[] to) {
    for (int key = begin; key < end; key += ROWS) {
      Tile.multiply(strips, key * width, panels, first * width, width, to, key * COLUMNS);
    }
  }

  /** Sums of values, or of keys, each times a panel's numbers. */
  private void weigh(float[] weights, int begin, int end) {
    int at = begin * COLUMNS;
    for (int entry = 0; entry < width; entry += ROWS) {
      int strip = entry * tokens + begin * ROWS;
      Tile.multiply(entryStrips, strip, weights, at, end - begin, panel, entry * COLUMNS);
    }
  }

  // ---- back ----

  /**
   * Computes a part's gradients.
   *
   * @param gradient like {@link AttentionPass#heard}; in the place of the queries stands the
   *     gradient of what they read, and afterwards the gradient of all
   */
  void back(AttentionPass of, int part, MemorySegment gradient) {
    begin(of, part, true);
    fetch();
    fetchOutputs(gradient);
    for (int key = 0; key < keys; key++) {
      Layouts.strips(rows, valueAt(key), tokens, width, valueStrips);
      Layouts.turn(pass, rows, keyAt(key), length, width, 1, 1);
      Layouts.strips(rows, keyAt(key), tokens, width, keyStrips);
      Layouts.entryStrips(rows, keyAt(key), tokens, width, entryStrips);
      // Their gradients grow there.
      Arrays.fill(rows, keyAt(key), keyAt(key) + each, 0);
      Arrays.fill(rows, valueAt(key), valueAt(key) + each, 0);
      for (int i = 0; i < pass.group(); i++) {
        derive(key, key * pass.group() + i);
      }
      Layouts.turn(pass, rows, keyAt(key), length, width, -1, 1);
    }
    for (int place = 0; place < length; place++) {
      for (Range range : ranges) {
        store(range, place, gradient, pass.heardAt(from + place, range.head()));
      }
    }
  }

  /** Gradients of what was read, and their products with that. */
  private void fetchOutputs(MemorySegment gradient) {
    Range read = ranges.getFirst();
    Range outputs = new Range(read.head(), outputAt(0), queries);
    for (int place = 0; place < length; place++) {
      load(gradient, pass.heardAt(from + place, read.head()), outputs, place);
      MemorySegment.copy(
          pass.read(),
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          pass.readAt(from + place, read.head()) * Float.BYTES,
          token,
          0,
          queries * size);
      for (int query = 0; query < queries; query++) {
        int at = outputAt(query) + place * width;
        products[query * tokens + place] = product(rows, at, token, query * size, size);
      }
    }
    pad(queries + 2 * keys, 2 * queries + 2 * keys);
    for (int query = 0; query < queries; query++) {
      Arrays.fill(products, query * tokens + length, (query + 1) * tokens, 0);
    }
  }

  /** Four sums, which do not wait for each other. */
  private static float product(float[] a, int aAt, float[] b, int bAt, int count) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      sum0 += a[aAt + i] * b[bAt + i];
      sum1 += a[aAt + i + 1] * b[bAt + i + 1];
      sum2 += a[aAt + i + 2] * b[bAt + i + 2];
      sum3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < count; i++) {
      sum0 += a[aAt + i] * b[bAt + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /** Gradients of one query head, and what it gives to its keys and values. */
  private void derive(int key, int query) {
    Layouts.panels(rows, outputAt(query), tokens, width, outputPanels);
    Layouts.entryPanels(rows, outputAt(query), tokens, width, outputEntries);
    Layouts.turn(pass, rows, queryAt(query), length, width, 1, pass.scale());
    Layouts.panels(rows, queryAt(query), tokens, width, queryPanels);
    Layouts.entryPanels(rows, queryAt(query), tokens, width, queryEntries);
    int at = (firstQuery() + query) * pass.tokens() + from;
    System.arraycopy(pass.most(), at, most, 0, length);
    System.arraycopy(pass.share(), at, share, 0, length);
    Arrays.fill(most, length, tokens, 0);
    Arrays.fill(share, length, tokens, 0);
    for (int first = 0; first < length; first += COLUMNS) {
      derive(key, query, first);
    }
    Layouts.turn(pass, rows, queryAt(query), length, width, -1, pass.scale());
  }

  private void derive(int key, int query, int first) {
    int begin = pass.first(first) / ROWS * ROWS;
    int end = Math.min(length, first + COLUMNS);
    score(keyStrips, queryPanels, first, begin, end, scores);
    score(valueStrips, outputPanels, first, begin, end, byScores);
    Shading.fill(scores, begin, end, first, pass.window(), Float.NEGATIVE_INFINITY);
    Softmax.back(
        scores, byScores, begin, end, most, share, first, products, query * tokens + first);
    Shading.fill(scores, begin, end, first, pass.window(), 0);
    Shading.fill(byScores, begin, end, first, pass.window(), 0);
    for (int place = begin; place < end; place += ROWS) {
      for (int entry = 0; entry < width; entry += COLUMNS) {
        int b = entry * tokens + first * COLUMNS;
        int c = place * width + entry;
        Tile.add(scores, place * COLUMNS, outputEntries, b, rows, valueAt(key) + c, width);
        Tile.add(byScores, place * COLUMNS, queryEntries, b, rows, keyAt(key) + c, width);
      }
    }
    weigh(byScores, begin, end);
    Layouts.rows(panel, width, ONES, 0, rows, queryAt(query) + first * width);
  }
}
