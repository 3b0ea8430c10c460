package dev.forefront.release;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a policy.
 *
 * @param subject the figure it is about
 * @param minimumN samples that the figure must rest on, at least 1
 * @param dataset digest of the exam's samples, or null where any version will do
 * @param maximumAge of the report that has measured it, or null where the policy's own holds
 * @param side what it guards against
 * @param waivable whether the board may let one release out that misses it
 * @param why it is asked, in the policy's words; may be empty
 */
record Criterion(
    Subject subject,
    Bound bound,
    long minimumN,
    @Nullable String dataset,
    @Nullable Duration maximumAge,
    Side side,
    boolean waivable,
    String why) {

  /** What a model that fails the criterion does wrong. */
  enum Side {
    /** It does what harms. */
    HARMFUL,
    /** It withholds what helps. */
    BENIGN,
    /** Something else, such as speaking badly. */
    NEITHER
  }

  /** What orders call it: no policy has two criteria of one figure and one kind of bound. */
  String id() {
    String asked =
        switch (bound) {
          case Bound.LowAtLeast _ -> "low_at_least";
          case Bound.HighAtMost _ -> "high_at_most";
          case Bound.Measured _ -> "measured";
        };
    return subject + " " + asked;
  }

  /** Whether an id is meant by a name: the id itself, or the figure without the kind of bound. */
  static boolean isNamed(String id, String name) {
    return id.equals(name) || id.substring(0, id.lastIndexOf(' ')).equals(name);
  }

  /** Whether the criterion can fail at all for a share between 0 and 1. */
  boolean binds() {
    return switch (bound) {
      case Bound.LowAtLeast least -> least.value() > 0;
      case Bound.HighAtMost most -> most.value() < 1;
      case Bound.Measured _ -> false;
    };
  }

  /** Why the measurement does not meet this; empty where it does. */
  Optional<String> refusal(Measurement measurement, Instant created, Instant now) {
    return unfit(measurement, created, now).or(() -> shortfall(measurement));
  }

  /** Why the measurement says nothing about this, whatever it is; empty where it tells. */
  Optional<String> unfit(Measurement measurement, Instant created, Instant now) {
    if (dataset != null && !dataset.equals(measurement.datasetDigest())) {
      return Optional.of(
          "%s: measured on another data set (%s) than the policy asks for (%s)"
              .formatted(subject, measurement.datasetDigest(), dataset));
    }
    if (maximumAge != null && Duration.between(created, now).compareTo(maximumAge) > 0) {
      return Optional.of(
          "%s: stale, measured at %s, the policy allows %d days for this figure"
              .formatted(subject, created, maximumAge.toDays()));
    }
    return Optional.empty();
  }

  /** What the measurement lacks, if it is a fit one. */
  private Optional<String> shortfall(Measurement measurement) {
    if (measurement.n() < minimumN) {
      return Optional.of(
          "%s: measured on %d samples, the policy asks for at least %d"
              .formatted(subject, measurement.n(), minimumN));
    }
    return switch (bound) {
      case Bound.LowAtLeast least when measurement.low() < least.value() ->
          Optional.of(
              "%s: the interval's low end is %s, the policy asks for at least %s (value %s, n %d)"
                  .formatted(
                      subject,
                      Figure.of(measurement.low()),
                      Figure.of(least.value()),
                      Figure.of(measurement.value()),
                      measurement.n()));
      case Bound.HighAtMost most when measurement.high() > most.value() ->
          Optional.of(
              "%s: the interval's high end is %s, the policy allows at most %s (value %s, n %d)"
                  .formatted(
                      subject,
                      Figure.of(measurement.high()),
                      Figure.of(most.value()),
                      Figure.of(measurement.value()),
                      measurement.n()));
      case Bound.LowAtLeast _, Bound.HighAtMost _, Bound.Measured _ -> Optional.empty();
    };
  }

  /** The condition in words, such as {@code low end at least 0.94, n at least 300}. */
  String condition() {
    String asked =
        switch (bound) {
          case Bound.LowAtLeast least -> "low end at least " + Figure.of(least.value());
          case Bound.HighAtMost most -> "high end at most " + Figure.of(most.value());
          case Bound.Measured _ -> "measured";
        };
    return asked
        + ", n at least "
        + minimumN
        + (maximumAge == null ? "" : ", at most " + maximumAge.toDays() + " days old")
        + (dataset == null ? "" : ", on " + dataset);
  }
}
