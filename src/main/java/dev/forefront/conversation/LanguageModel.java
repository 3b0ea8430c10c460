package dev.forefront.conversation;

/**
 * The waist of the house: continue a conversation, score a continuation. Words above, numbers
 * below; every safety room sees models through this interface alone.
 *
 * <p>Implementations are safe to call from any thread; the work itself happens on threads that the
 * model owns.
 */
public interface LanguageModel extends AutoCloseable {

  /** A short name for people; identity is a matter of digests. */
  String name();

  /** The most tokens that prompt and reply may have together. */
  int contextLength();

  /** Tokens of the conversation as the model will read it, template included. */
  int countTokens(Conversation conversation);

  /**
   * Writes a reply and returns when it has ended.
   *
   * @param listener called for each piece of text in order, never concurrently
   * @throws PromptTooLongException where the conversation leaves no room for a reply
   */
  Reply reply(Conversation conversation, Sampling sampling, Listener listener);

  /** The log-probability of {@code continuation} after {@code context}, both plain text. */
  Score score(String context, String continuation);

  @Override
  void close();

  /** Hears a reply as it is written. */
  @FunctionalInterface
  interface Listener {
    /**
     * @param text whole characters only (never half of a surrogate pair or of a UTF-8 sequence);
     *     never empty
     * @param token how many tokens have been written so far, this piece included
     * @return whether to go on; {@code STOP} ends the reply with {@link StopReason#CANCELLED}
     *     before the next token
     */
    Next piece(String text, int token);

    /** For callers who only want the finished reply. */
    Listener SILENT = (text, token) -> Next.CONTINUE;
  }

  /** What a listener wants. */
  enum Next {
    CONTINUE,
    STOP
  }
}
