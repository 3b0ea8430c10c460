package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one sequence, in pages of {@link #PAGE} positions that come as they are
 * needed. In a page keys lie {@code [key-value head][entry][position]}, so that the scores of
 * neighbouring positions fill a vector; values {@code [key-value head][position][entry]}. A page
 * that is full never changes again, and sequences with the same beginning share it.
 */
final class KeyValueCache {
  /** Positions in a page: whole vectors of any processor. */
  static final int PAGE = 64;

  /** All layers of some positions. */
  record Page(float[][] keys, float[][] values) {
    Page(int layers, int size) {
      this(new float[layers][size], new float[layers][size]);
    }

    long bytes() {
      return 2L * keys.length * keys[0].length * Float.BYTES;
    }
  }

  private final int layers;
  private final int size;
  private final int headSize;
  private final List<Page> pages = new ArrayList<>();
  private int length;

  KeyValueCache(ModelConfig config) {
    layers = config.layers();
    headSize = config.headSize();
    size = Math.multiplyExact(config.keyValueHeads() * headSize, PAGE);
  }

  /** Bytes of the pages that so many positions need. */
  static long bytes(ModelConfig config, int positions) {
    long pages = (positions + PAGE - 1L) / PAGE;
    long numbers = 2L * config.layers() * config.keyValueHeads() * config.headSize() * PAGE;
    return pages * numbers * Float.BYTES;
  }

  /** Positions that are filled. */
  int length() {
    return length;
  }

  /** Makes room for the next positions; their keys and values are stored later. */
  void advance(int positions) {
    length += positions;
    while (pages.size() * PAGE < length) {
      pages.add(new Page(layers, size));
    }
  }

  /** A page whose positions are all filled: it never changes again. */
  Page page(int at) {
    if ((at + 1) * PAGE > length) {
      throw new IllegalStateException("page %d is not full yet".formatted(at));
    }
    return pages.get(at);
  }

  /** Begins with full pages of other sequences that have the same tokens there. */
  void begin(List<Page> full) {
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
      copy(from.pages.get(whole), pages.get(whole), rest);
    }
  }

  private void copy(Page from, Page to, int positions) {
    for (int layer = 0; layer < layers; layer++) {
      for (int row = 0; row < size; row += PAGE) {
        System.arraycopy(from.keys[layer], row, to.keys[layer], row, positions);
      }
      for (int head = 0; head < size; head += PAGE * headSize) {
        System.arraycopy(from.values[layer], head, to.values[layer], head, positions * headSize);
      }
    }
  }

  float[] keys(int layer, int page) {
    return pages.get(page).keys()[layer];
  }

  float[] values(int layer, int page) {
    return pages.get(page).values()[layer];
  }
}
