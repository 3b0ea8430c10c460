package dev.forefront.data.requests;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Draws one of several, each as often as it has weight. */
final class Lot<T> {
  private final List<T> all;
  private final double[] sums;

  private Lot(List<T> all, double[] sums) {
    this.all = all;
    this.sums = sums;
  }

  static <T> Lot<T> of(List<T> all, ToDoubleFunction<T> weight) {
    double[] sums = new double[all.size()];
    double sum = 0;
    for (int at = 0; at < sums.length; at++) {
      sum += weight.applyAsDouble(all.get(at));
      sums[at] = sum;
    }
    return new Lot<>(List.copyOf(all), sums);
  }

  T draw(SplittableRandom random) {
    double mark = random.nextDouble() * sums[sums.length - 1];
    return all.get(
        IntStream.range(0, sums.length).filter(at -> sums[at] > mark).findFirst().orElse(0));
  }
}
