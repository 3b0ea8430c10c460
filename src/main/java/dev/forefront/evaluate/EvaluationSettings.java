package dev.forefront.evaluate;

/**
 * How to measure. Replies are greedy: the same model gives the same report.
 *
 * @param maxTokens of one reply
 * @param concurrency requests in flight at a time
 * @param examples conversations kept for each suite
 * @param harness name and version for the report
 */
public record EvaluationSettings(int maxTokens, int concurrency, int examples, String harness) {

  public EvaluationSettings {
    if (maxTokens < 1 || concurrency < 1 || examples < 0) {
      throw new IllegalArgumentException(
          "max tokens and concurrency must be at least 1, examples at least 0");
    }
  }

  /** 96 tokens a reply, 32 at a time, six examples a suite. */
  public static EvaluationSettings standard() {
    return new EvaluationSettings(96, 32, 6, "forefront evaluate 0.1.0");
  }

  public EvaluationSettings withMaxTokens(int tokens) {
    return new EvaluationSettings(tokens, concurrency, examples, harness);
  }
}
