package dev.forefront.guard;

import java.util.List;

/**
 * What the decoding of one text has come to: places of words at each depth, and how much more may
 * be decoded. Text that would decode to many times its length is no text that anyone reads.
 */
final class Reach {

  /** How many layers are taken off. */
  static final int DEEPEST = 2;

  // Words of passages that were encoded in different ways are not neighbours.
  private static final int FAR = 65;
  private static final int BLOW_UP = 64;
  private static final int SMALL = 512;

  private final int[] positions = new int[DEEPEST + 1];
  private final String[] last = new String[DEEPEST + 1];
  private long left;
  private boolean overrun;

  /** A passage of so many characters is about to be decoded. */
  void allow(int length) {
    left = (long) length * BLOW_UP + SMALL;
  }

  /** Whether so many characters may still be decoded; once they may not, nothing is. */
  boolean spend(int length) {
    left -= length;
    overrun |= left < 0;
    return !overrun;
  }

  boolean overrun() {
    return overrun;
  }

  int position(int depth) {
    return positions[depth];
  }

  void advance(int depth, int by) {
    positions[depth] += by;
  }

  /** A passage under these layers begins. */
  void begin(List<String> layers) {
    String name = String.join(" ", layers);
    if (!name.equals(last[layers.size()])) {
      positions[layers.size()] += FAR;
      last[layers.size()] = name;
    }
  }
}
