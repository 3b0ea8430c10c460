package dev.forefront.cli;

import java.util.Arrays;
import java.util.List;

/** Order statistics of measured times. */
final class Quantile {

  private Quantile() {}

  /**
   * @param values at least one
   * @param share in 0..1; 0.5 is the median, the upper one of an even number
   */
  static double of(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
