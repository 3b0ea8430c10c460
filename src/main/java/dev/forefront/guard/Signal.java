package dev.forefront.guard;

import java.util.List;
import java.util.Objects;

/**
 * What one stage thinks of the text so far.
 *
 * @param score 0..1, higher is worse
 * @param limit from which score on the text is blocked
 * @param explanation one sentence, without the text itself
 * @param layers the encodings under which it was seen, the outermost first; empty for plain text
 */
public record Signal(
    Hazard hazard, double score, double limit, String explanation, List<String> layers) {

  /** From which share of its limit on a score makes suspicious. */
  static final double SUSPICIOUS = 0.6;

  public Signal {
    Objects.requireNonNull(hazard, "a signal names a hazard");
    Objects.requireNonNull(explanation, "a signal explains itself");
    layers = List.copyOf(layers);
  }

  /** Seen in text as it stands. */
  public Signal(Hazard hazard, double score, double limit, String explanation) {
    this(hazard, score, limit, explanation, List.of());
  }

  /** Whether score and limit are what they should be; where not, the stage is broken. */
  boolean isSound() {
    return score >= 0 && score <= 1 && Double.isFinite(limit);
  }

  /** True at the limit, above it, and where score or limit is no number. */
  public boolean blocks() {
    return !(score < limit);
  }

  /** Not blocked, but near enough to hold more of the reply back. */
  boolean suspicious() {
    return !(score < limit * SUSPICIOUS);
  }
}
