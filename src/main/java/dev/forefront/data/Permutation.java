package dev.forefront.data;

/**
 * A shuffle of 0..size-1 that needs no memory: a four-round Feistel network over the next power of
 * four, walked until it lands inside (Black and Rogaway 2002, "Ciphers with Arbitrary Finite
 * Domains", section 3).
 */
final class Permutation {
  private static final int ROUNDS = 4;

  private final int size;
  private final long seed;
  private final int half;
  private final long mask;

  Permutation(int size, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("nothing to shuffle");
    }
    this.size = size;
    this.seed = seed;
    int bits = 64 - Long.numberOfLeadingZeros(size - 1L);
    half = Math.max(1, (bits + 1) / 2);
    mask = (1L << half) - 1;
  }

  int at(int index) {
    long place = index;
    do {
      place = once(place);
    } while (place >= size);
    return (int) place;
  }

  private long once(long place) {
    long left = place >>> half;
    long right = place & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long swapped = left ^ (Hashing.mix(seed + round * 0x9e3779b97f4a7c15L + right) & mask);
      left = right;
      right = swapped;
    }
    return left << half | right;
  }
}
