package dev.forefront.conversation;

/**
 * A finished reply.
 *
 * @param text all pieces joined, without any stop text
 * @param promptTokens tokens of the prompt, template included
 * @param cachedTokens how many of these the model had read before, for the same tenant
 * @param replyTokens tokens written, the end-of-turn token not counted
 * @param stopText which of {@link Sampling#stops} ended it, or the empty string
 */
public record Reply(
    String text,
    StopReason stop,
    int promptTokens,
    int cachedTokens,
    int replyTokens,
    String stopText) {

  public Reply {
    if (cachedTokens < 0 || cachedTokens > promptTokens) {
      throw new IllegalArgumentException(
          "%d of %d tokens cannot have been read before".formatted(cachedTokens, promptTokens));
    }
  }

  /** Of a model that reads everything anew. */
  public Reply(String text, StopReason stop, int promptTokens, int replyTokens, String stopText) {
    this(text, stop, promptTokens, 0, replyTokens, stopText);
  }
}
