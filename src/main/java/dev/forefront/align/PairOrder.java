package dev.forefront.align;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Which pairs an update sees: all of them once an epoch, each epoch in a new order. */
final class PairOrder {
  private final int pairs;
  private final int perUpdate;
  private final long seed;
  private long epoch = -1;
  private List<Integer> order = List.of();

  PairOrder(int pairs, int perUpdate, long seed) {
    this.pairs = pairs;
    this.perUpdate = perUpdate;
    this.seed = seed;
  }

  /** Indices of the pairs of one update; the same step gives the same ones. */
  List<Integer> at(int step) {
    List<Integer> chosen = new ArrayList<>();
    long first = (long) step * perUpdate;
    for (long place = first; place < first + perUpdate; place++) {
      chosen.add(ofEpoch(place / pairs).get((int) (place % pairs)));
    }
    return chosen;
  }

  /** All pairs that the first {@code steps} updates see, rising. */
  List<Integer> seen(int steps) {
    return IntStream.range(0, steps)
        .mapToObj(this::at)
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }

  private List<Integer> ofEpoch(long wanted) {
    if (wanted != epoch) {
      List<Integer> fresh = new ArrayList<>(IntStream.range(0, pairs).boxed().toList());
      Collections.shuffle(fresh, new Random(seed * 1_000_003 + wanted));
      order = fresh;
      epoch = wanted;
    }
    return order;
  }
}
