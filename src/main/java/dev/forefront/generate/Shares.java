package dev.forefront.generate;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Room divided among those who need it. */
final class Shares {
  private Shares() {}

  /** Equal parts, and what some do not need for those who do. */
  static int[] of(int room, int[] needs) {
    int[] shares = new int[needs.length];
    int left = room;
    int others = needs.length;
    for (int who :
        IntStream.range(0, needs.length)
            .boxed()
            .sorted(Comparator.comparingInt(one -> needs[one]))
            .toList()) {
      shares[who] = Math.min(needs[who], left / others);
      left -= shares[who];
      others--;
    }
    return shares;
  }
}
