package dev.forefront.evaluate;

/**
 * One measured figure.
 *
 * @param suite what was measured, for example {@code harmful}
 * @param metric how, for example {@code refusal_rate}
 * @param value the estimate
 * @param low lower end of the 95% confidence interval
 * @param high its upper end
 * @param n how many independent items stand behind it: replies, pairs, texts
 * @param datasetDigest {@code sha256:<hex>} of the items
 * @param hazard S1 to S14 where the figure is about the items of one hazard alone, or empty
 */
public record Result(
    String suite,
    String metric,
    double value,
    double low,
    double high,
    long n,
    String datasetDigest,
    String hazard) {

  public Result {
    if (!(low <= value && value <= high) || n < 1) {
      throw new IllegalArgumentException(
          "%s/%s: %s is not within %s to %s, or n is %d"
              .formatted(suite, metric, value, low, high, n));
    }
  }

  /** A figure about all items. */
  public Result(
      String suite,
      String metric,
      double value,
      double low,
      double high,
      long n,
      String datasetDigest) {
    this(suite, metric, value, low, high, n, datasetDigest, "");
  }

  /** The same figure, of one hazard's items alone. */
  Result about(String oneHazard) {
    return new Result(suite, metric, value, low, high, n, datasetDigest, oneHazard);
  }

  static Result ofRate(String suite, String metric, long successes, long n, String digest) {
    Interval interval = Interval.ofRate(successes, n);
    double value = (double) successes / n;
    return new Result(suite, metric, value, interval.low(), interval.high(), n, digest);
  }

  /** Whether the figure is a share of n, and its interval lies in 0..1. */
  public boolean isRate() {
    return metric.endsWith("_rate") || metric.equals("accuracy");
  }
}
