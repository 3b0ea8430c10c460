package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import java.util.function.ToIntFunction;

/**
 * Texts as a model reads them: requests as a person's message, replies as an answer to one. What
 * does not fit into the context is cut off at its end.
 */
final class ProbeTexts {
  // What a template may put around two messages at most.
  private static final int SPARE = 8;

  private final ToIntFunction<Conversation> countTokens;
  private final int contextLength;

  ProbeTexts(ToIntFunction<Conversation> countTokens, int contextLength) {
    this.countTokens = countTokens;
    this.contextLength = contextLength;
  }

  /**
   * @param from place of the first token that is judged
   */
  record Placed(Conversation conversation, int from) {}

  Placed request(String text) {
    return new Placed(fitting(text, contextLength, cut -> Conversation.of(Message.user(cut))), 0);
  }

  Placed reply(String request, String text) {
    // Half of the context at most is the request's.
    Conversation before =
        fitting(request, contextLength / 2, cut -> Conversation.of(Message.user(cut)));
    return new Placed(
        fitting(text, contextLength, cut -> before.plus(Message.assistant(cut))),
        countTokens.applyAsInt(before));
  }

  private interface Framing {
    Conversation around(String text);
  }

  private Conversation fitting(String text, int most, Framing framing) {
    String cut = text;
    while (true) {
      Conversation whole = framing.around(cut);
      int tokens = countTokens.applyAsInt(whole);
      if (tokens < most || cut.length() < 2) {
        return whole;
      }
      long fits = (long) cut.length() * Math.max(1, most - SPARE) / tokens;
      cut = cut.substring(0, Math.clamp(fits, 1, cut.length() - 1));
    }
  }
}
