package dev.forefront.token;

import dev.forefront.token.PairCounts.Pair;
import org.jspecify.annotations.Nullable;

/** Pairs by their two ids. None is ever taken out. */
final class PairTable {
  private @Nullable Pair[] pairs = new Pair[1 << 14];
  private int size;

  /** The pair of two neighbours, made where it is new. */
  Pair of(int left, int right) {
    int place = place(left, right);
    Pair known = pairs[place];
    if (known != null) {
      return known;
    }
    Pair pair = new Pair(left, right);
    pairs[place] = pair;
    if (2 * ++size > pairs.length) {
      grow();
    }
    return pair;
  }

  private int place(int left, int right) {
    int mask = pairs.length - 1;
    long mixed = ((long) left << 32 | right) * 0x9E3779B97F4A7C15L;
    int place = (int) (mixed >>> 32) & mask;
    for (Pair pair; (pair = pairs[place]) != null; place = (place + 1) & mask) {
      if (pair.left() == left && pair.right() == right) {
        return place;
      }
    }
    return place;
  }

  private void grow() {
    @Nullable Pair[] before = pairs;
    pairs = new Pair[2 * before.length];
    for (Pair pair : before) {
      if (pair != null) {
        pairs[place(pair.left(), pair.right())] = pair;
      }
    }
  }
}
