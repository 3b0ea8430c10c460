package dev.forefront.conversation;

import java.util.List;
import java.util.Optional;

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
   * How this model writes calls of tools; empty where its chat template knows no tools, or shows no
   * way to call them that is known here. Conversations that speak of tools are for others.
   */
  default Optional<CallFormat> callFormat() {
    return Optional.empty();
  }

  /**
   * Asks whether this model can reply as the sampling says.
   *
   * @throws BadInputException where it cannot: what was asked for is refused and never ignored
   */
  default void check(Sampling sampling) {
    if (sampling.hasForm()) {
      throw new BadInputException("the model %s cannot be bound to a form".formatted(name()));
    }
    if (sampling.tellsLogprobs()) {
      throw new BadInputException("the model %s tells no log-probabilities".formatted(name()));
    }
    if (!sampling.biases().isEmpty()) {
      throw new BadInputException("the model %s takes no biases of tokens".formatted(name()));
    }
  }

  /**
   * Writes a reply and returns when it has ended.
   *
   * @param listener called for each piece of text in order, never concurrently
   * @throws PromptTooLongException where the conversation leaves no room for a reply
   */
  Reply reply(Conversation conversation, Sampling sampling, Listener listener);

  /**
   * Likewise, on behalf of someone. A model that is faster for what it has read before is so for
   * the same tenant alone; one that keeps nothing need not know who asks.
   */
  default Reply reply(
      Tenant tenant, Conversation conversation, Sampling sampling, Listener listener) {
    return reply(conversation, sampling, listener);
  }

  /**
   * This model with a probe on its inside, made ready once for any number of replies.
   *
   * @throws BadInputException where the probe was made for another model, or this one shows nothing
   *     of its inside: a probe is refused and never ignored
   */
  default Watched watched(Probe probe) {
    throw new BadInputException(
        "the model %s shows nothing of its inside, and the guard has a probe for it: serve it by the engine, or take a guard without a probe"
            .formatted(name()));
  }

  /** The log-probability of {@code continuation} after {@code context}, both plain text. */
  Score score(String context, String continuation);

  /**
   * The log-probabilities that a reply begins with each of some texts. For models that judge what
   * others said: the exchange is over, and its last message is not continued, whoever spoke it.
   *
   * @param beginnings what the reply may begin with, none of them empty
   * @return a score for each, in their order
   * @throws PromptTooLongException where the exchange leaves no room for one of them
   * @throws UnsupportedOperationException where the model can only speak
   */
  default List<Score> scoreReplies(Conversation exchange, List<String> beginnings) {
    throw new UnsupportedOperationException(
        name() + " cannot be asked how likely a reply is: it can only write one");
  }

  /**
   * Likewise, where many exchanges are judged in the same words: what both conversations begin
   * with, as the model reads them, may be kept for whoever is judged next.
   *
   * @param alike asked in the same way about nobody's words: nothing that both share is a secret
   */
  default List<Score> scoreReplies(
      Conversation exchange, Conversation alike, List<String> beginnings) {
    return scoreReplies(exchange, beginnings);
  }

  @Override
  void close();

  /** A model whose every token is read by a probe. */
  interface Watched {
    /**
     * Like {@link LanguageModel#reply}. Every token of the prompt and of the reply is read, also
     * the last one: its reading comes before this returns. A piece comes after the readings of all
     * tokens before its own, and before that of its own.
     */
    Reply reply(Conversation conversation, Sampling sampling, Readings readings, Listener listener);

    /**
     * Likewise, on behalf of someone. A token that was read before for the same tenant is not read
     * again, and its reading comes all the same.
     */
    default Reply reply(
        Tenant tenant,
        Conversation conversation,
        Sampling sampling,
        Readings readings,
        Listener listener) {
      return reply(conversation, sampling, readings, listener);
    }

    /** Reads a conversation as before a reply, and writes none. */
    void read(Conversation conversation, Readings readings);
  }

  /** Hears what a probe reads, in order, on the thread that asked for it. */
  @FunctionalInterface
  interface Readings {
    /**
     * @param place of the token in prompt and reply together, from 0
     * @param promptTokens how many of these places are the prompt's
     * @param logits one for each head; the hearer's own
     * @return whether to go on; {@code STOP} ends the reply as a listener's does
     */
    Next row(int place, int promptTokens, float[] logits);
  }

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

    /**
     * Where {@link Sampling#logprobs} asks for it: each token, in order, before the piece that
     * holds the last of its text. Tokens whose text never becomes a piece, such as those of a stop
     * text, are not told.
     */
    default void token(TokenTold token) {}

    /** For callers who only want the finished reply. */
    Listener SILENT = (text, token) -> Next.CONTINUE;
  }

  /** What a listener wants. */
  enum Next {
    CONTINUE,
    STOP
  }
}
