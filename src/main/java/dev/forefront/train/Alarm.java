package dev.forefront.train;

import java.util.List;

/**
 * Hears every loss and knows when one is out of all proportion: far above the recent mean, in
 * standard deviations of the recent past, and half as much again.
 */
final class Alarm {
  /** Losses that must be known before one can be out of proportion. */
  static final int LEAST = 50;

  private static final double FORGETTING = 0.02;
  private static final double LEAST_RISE = 1.5;

  private final double deviations;
  private double mean;
  private double variance;
  private int heard;

  /**
   * @param deviations above the mean that are too many; 0: none are
   * @param past losses of a run that goes on
   */
  Alarm(double deviations, List<Double> past) {
    this.deviations = deviations;
    past.forEach(this::hear);
  }

  boolean isSpike(double loss) {
    return deviations > 0
        && heard >= LEAST
        && loss > mean + deviations * Math.sqrt(variance)
        && loss > LEAST_RISE * mean;
  }

  /** The mean of the recent losses, later ones counting more. */
  double mean() {
    return mean;
  }

  void hear(double loss) {
    if (heard++ == 0) {
      mean = loss;
      return;
    }
    double off = loss - mean;
    mean += FORGETTING * off;
    variance = (1 - FORGETTING) * (variance + FORGETTING * off * off);
  }
}
