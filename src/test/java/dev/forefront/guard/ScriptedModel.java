package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Says what it was told to say, word by word, and counts how often it was asked. */
class ScriptedModel implements LanguageModel {
  final AtomicInteger asked = new AtomicInteger();
  private final List<String> pieces = new ArrayList<>();

  ScriptedModel(String text) {
    for (String piece : text.split("(?<= )")) {
      pieces.add(piece);
    }
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public int contextLength() {
    return 4096;
  }

  @Override
  public int countTokens(Conversation conversation) {
    return conversation.messages().stream().mapToInt(m -> m.content().split(" ").length).sum();
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    asked.incrementAndGet();
    StringBuilder text = new StringBuilder();
    int token = 0;
    StopReason stop = StopReason.END_OF_TURN;
    for (String piece : pieces) {
      if (token == sampling.maxTokens()) {
        stop = StopReason.MAX_TOKENS;
        break;
      }
      text.append(piece);
      if (listener.piece(piece, ++token) == Next.STOP) {
        stop = StopReason.CANCELLED;
        break;
      }
    }
    return new Reply(text.toString(), stop, countTokens(conversation), token, "");
  }

  @Override
  public Score score(String context, String continuation) {
    throw new UnsupportedOperationException("this model only speaks");
  }

  @Override
  public void close() {}
}
