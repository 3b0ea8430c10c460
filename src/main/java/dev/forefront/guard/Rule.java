package dev.forefront.guard;

import java.util.BitSet;
import java.util.List;

/**
 * Fires where terms of all groups stand within {@code near} words of each other, in any order, and
 * no term of {@code unless} stands as near.
 *
 * @param all each group is a set of list numbers, any of which will do
 * @param score 0..1; from {@link #LIMIT} on the text is blocked, below it more is held back
 */
record Rule(
    String id,
    Hazard hazard,
    List<Side> sides,
    int near,
    List<BitSet> all,
    BitSet unless,
    double score,
    String why) {

  static final double LIMIT = 0.5;

  Rule {
    sides = List.copyOf(sides);
    all = List.copyOf(all);
  }

  Signal signal(List<String> layers) {
    return new Signal(hazard, score, LIMIT, why, layers);
  }
}
