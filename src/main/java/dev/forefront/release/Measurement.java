package dev.forefront.release;

/**
 * One figure of a report.
 *
 * @param low the confidence interval's low end; {@code low <= value <= high}, all finite
 * @param n samples that it rests on, at least 1
 * @param datasetDigest of the exam's samples
 */
record Measurement(
    Subject subject, double value, double low, double high, long n, String datasetDigest) {

  Measurement {
    if (subject.suite().isBlank() || subject.metric().isBlank()) {
      throw new IllegalArgumentException("a result has no suite or no metric");
    }
    if (!Double.isFinite(value) || !Double.isFinite(low) || !Double.isFinite(high)) {
      throw new IllegalArgumentException(subject + " has a value that is no finite number");
    }
    if (!(low <= value && value <= high)) {
      throw new IllegalArgumentException(
          "%s has a value of %s outside of its interval from %s to %s"
              .formatted(subject, value, low, high));
    }
    if (n < 1) {
      throw new IllegalArgumentException(subject + " rests on no samples");
    }
    if (subject.isShare() && (low < 0 || high > 1)) {
      throw new IllegalArgumentException(subject + " is a share, but not between 0 and 1");
    }
  }
}
