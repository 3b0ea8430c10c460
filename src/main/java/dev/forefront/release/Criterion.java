package dev.forefront.release;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a policy.
 *
 * @param suite the exam, such as {@code harmful}
 * @param metric the figure, such as {@code refusal_rate}
 * @param minimumN samples that the figure must rest on, at least 1
 * @param dataset digest of the exam's samples, or null where any version will do
 */
record Criterion(
    String suite, String metric, Bound bound, long minimumN, @Nullable String dataset) {

  String subject() {
    return suite + "/" + metric;
  }

  boolean isAbout(Measurement measurement) {
    return measurement.suite().equals(suite) && measurement.metric().equals(metric);
  }

  /** Why the measurement does not meet this; empty where it does. */
  Optional<String> refusal(Measurement measurement) {
    if (dataset != null && !dataset.equals(measurement.datasetDigest())) {
      return Optional.of(
          "%s: measured on another data set (%s) than the policy asks for (%s)"
              .formatted(subject(), measurement.datasetDigest(), dataset));
    }
    if (measurement.n() < minimumN) {
      return Optional.of(
          "%s: measured on %d samples, the policy asks for at least %d"
              .formatted(subject(), measurement.n(), minimumN));
    }
    return switch (bound) {
      case Bound.LowAtLeast least when measurement.low() < least.value() ->
          Optional.of(
              "%s: the interval's low end is %s, the policy asks for at least %s (value %s, n %d)"
                  .formatted(
                      subject(),
                      number(measurement.low()),
                      number(least.value()),
                      number(measurement.value()),
                      measurement.n()));
      case Bound.HighAtMost most when measurement.high() > most.value() ->
          Optional.of(
              "%s: the interval's high end is %s, the policy allows at most %s (value %s, n %d)"
                  .formatted(
                      subject(),
                      number(measurement.high()),
                      number(most.value()),
                      number(measurement.value()),
                      measurement.n()));
      case Bound.LowAtLeast _, Bound.HighAtMost _, Bound.Measured _ -> Optional.empty();
    };
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
