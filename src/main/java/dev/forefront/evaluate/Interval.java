package dev.forefront.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A 95% confidence interval. */
public record Interval(double low, double high) {

  /** Half of what may be missed: 2.5% on either side. */
  private static final double TAIL = 0.025;

  private static final int RESAMPLES = 1000;

  /**
   * The exact interval of a rate (Clopper and Pearson 1934): never covers less than 95%, whatever
   * the true rate, and needs no normal approximation near 0 and 1.
   *
   * @throws IllegalArgumentException where {@code 0 <= successes <= n} and {@code n > 0} do not
   *     hold
   */
  public static Interval ofRate(long successes, long n) {
    if (n <= 0 || successes < 0 || successes > n) {
      throw new IllegalArgumentException(successes + " of " + n + " is no rate");
    }
    double low = successes == 0 ? 0 : quantile(TAIL, successes, n - successes + 1.0);
    double high = successes == n ? 1 : quantile(1 - TAIL, successes + 1.0, n - successes);
    return new Interval(low, high);
  }

  /**
   * The percentile bootstrap over whole texts: tokens of one text belong together, so texts are
   * drawn, not tokens.
   *
   * @param texts how many there are
   * @param statistic computes the figure from the drawn indices
   */
  static Interval bootstrap(int texts, long seed, ToDoubleFunction<int[]> statistic) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] figures = new double[RESAMPLES];
    int[] drawn = new int[texts];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      for (int at = 0; at < texts; at++) {
        drawn[at] = random.nextInt(texts);
      }
      figures[resample] = statistic.applyAsDouble(drawn);
    }
    Arrays.sort(figures);
    int cut = (int) (RESAMPLES * TAIL);
    return new Interval(figures[cut], figures[RESAMPLES - 1 - cut]);
  }

  /** The {@code p}-quantile of the Beta(a, b) distribution, by bisection. */
  private static double quantile(double p, double a, double b) {
    double low = 0;
    double high = 1;
    while (high - low > 1e-12) {
      double middle = (low + high) / 2;
      if (beta(middle, a, b) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** The regularised incomplete beta function I_x(a, b). */
  static double beta(double x, double a, double b) {
    if (x <= 0 || x >= 1) {
      return x <= 0 ? 0 : 1;
    }
    // The continued fraction (DLMF 8.17.22) converges fast on this side of the mean.
    if (x > (a + 1) / (a + b + 2)) {
      return 1 - beta(1 - x, b, a);
    }
    double log = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
    return Math.exp(log) / (a * fraction(x, a, b));
  }

  /** 1 + d1/(1 + d2/(1 + ...)), by Lentz's method. */
  private static double fraction(double x, double a, double b) {
    double tiny = 1e-300;
    double value = 1;
    double c = 1;
    double d = 0;
    for (int term = 1; term <= 10_000; term++) {
      int m = term / 2;
      double numerator =
          term % 2 == 0
              ? m * (b - m) * x / ((a + 2.0 * m - 1) * (a + 2.0 * m))
              : -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1));
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      c = Math.abs(c) < tiny ? tiny : c;
      double factor = c * d;
      value *= factor;
      if (Math.abs(factor - 1) < 1e-15) {
        break;
      }
    }
    return value;
  }

  private static double logBeta(double a, double b) {
    return logGamma(a) + logGamma(b) - logGamma(a + b);
  }

  /** Stirling's series (DLMF 5.11.1), after shifting the argument to 10 and above. */
  private static double logGamma(double x) {
    double shift = 0;
    double z = x;
    while (z < 10) {
      shift -= Math.log(z);
      z += 1;
    }
    double inverse = 1 / (z * z);
    double series =
        (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / z;
    return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
  }
}
