package dev.forefront.conversation;

/** The prompt leaves no room for a single token of reply. */
public final class PromptTooLongException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int promptTokens;
  private final int contextLength;

  public PromptTooLongException(int promptTokens, int contextLength) {
    super(
        "the conversation has %,d tokens and the model reads at most %,d: shorten it or start a new one"
            .formatted(promptTokens, contextLength - 1));
    this.promptTokens = promptTokens;
    this.contextLength = contextLength;
  }

  public int promptTokens() {
    return promptTokens;
  }

  public int contextLength() {
    return contextLength;
  }
}
