package dev.forefront.guard;

/**
 * What one stage thinks of the text so far.
 *
 * @param score 0..1, higher is worse
 * @param limit from which score on the text is blocked
 * @param explanation one sentence, without the text itself
 */
public record Signal(Hazard hazard, double score, double limit, String explanation) {

  /** True at the limit, above it, and where score or limit is no number. */
  public boolean blocks() {
    return !(score < limit);
  }

  /** Not blocked, but near enough to hold more of the reply back. */
  boolean suspicious() {
    return !(score < limit * 0.6);
  }
}
