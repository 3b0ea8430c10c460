package dev.forefront.evaluate;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Knows one letter in two: every character is a token of probability one half. */
final class CountingModel implements LanguageModel {
  final List<String> scored = new CopyOnWriteArrayList<>();
  private final Function<String, String> mouth;

  /**
   * @param mouth replies to the last message; what it throws, the model throws
   */
  CountingModel(Function<String, String> mouth) {
    this.mouth = mouth;
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public int contextLength() {
    return 64;
  }

  @Override
  public int countTokens(Conversation conversation) {
    return conversation.messages().stream().mapToInt(m -> m.content().length()).sum();
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    String text = mouth.apply(conversation.messages().getLast().content());
    return new Reply(text, StopReason.END_OF_TURN, countTokens(conversation), text.length(), "");
  }

  @Override
  public Score score(String context, String continuation) {
    int tokens = context.length() + continuation.length();
    if (tokens > contextLength()) {
      throw new PromptTooLongException(tokens, contextLength());
    }
    if (continuation.contains("crash")) {
      throw new IllegalStateException("the model broke");
    }
    scored.add(context + "|" + continuation);
    int length = continuation.length();
    return new Score(length * Math.log(0.5), length, continuation.endsWith("y"));
  }

  @Override
  public void close() {}
}
