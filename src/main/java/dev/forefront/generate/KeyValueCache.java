package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one sequence, in pages of {@link #PAGE} positions that come as they are
 * needed. Sequences with the same beginning share the pages that are full.
 */
final class KeyValueCache {
  static final int PAGE = CachePage.POSITIONS;

  private final ModelConfig config;
  private final List<CachePage> pages = new ArrayList<>();
  private int length;

  KeyValueCache(ModelConfig config) {
    this.config = config;
  }

  /** Bytes of the pages that so many positions need. */
  static long bytes(ModelConfig config, int positions) {
    return (positions + PAGE - 1L) / PAGE * CachePage.bytes(config);
  }

  /** Positions that are filled. */
  int length() {
    return length;
  }

  /** Makes room for the next positions; their keys and values are stored later. */
  void advance(int positions) {
    length += positions;
    while (pages.size() * PAGE < length) {
      pages.add(CachePage.of(config));
    }
  }

  /** Forgets the last positions; their room is filled anew. */
  void shorten(int positions) {
    if (positions > length) {
      throw new IllegalStateException(
          "%d positions are filled, and not %d".formatted(length, positions));
    }
    length = positions;
  }

  /** A page of which positions are filled. */
  CachePage page(int at) {
    return pages.get(at);
  }

  /** A page whose positions are all filled: it never changes again but by {@link #shorten}. */
  CachePage fullPage(int at) {
    if ((at + 1) * PAGE > length) {
      throw new IllegalStateException("page %d is not full yet".formatted(at));
    }
    return pages.get(at);
  }

  /** Begins with full pages of other sequences that have the same tokens there. */
  void begin(List<CachePage> full) {
    if (length > 0) {
      throw new IllegalStateException("the sequence has begun already");
    }
    pages.addAll(full);
    length = full.size() * PAGE;
  }

  /** Takes over the first positions of another sequence with the same tokens there. */
  void share(KeyValueCache from, int positions) {
    int whole = positions / PAGE;
    pages.addAll(from.pages.subList(0, whole));
    length = whole * PAGE;
    int rest = positions - length;
    if (rest > 0) {
      advance(rest);
      pages.get(whole).copy(from.pages.get(whole), rest);
    }
  }
}
