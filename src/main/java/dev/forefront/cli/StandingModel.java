package dev.forefront.cli;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.release.Standing;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A released model that says nothing more once the board has stopped it: looked up before each
 * answer. Whoever asks has to cope with none, as the guard does.
 */
final class StandingModel implements LanguageModel {
  private final LanguageModel model;
  private final Supplier<Standing> standing;

  StandingModel(LanguageModel model, Supplier<Standing> standing) {
    this.model = model;
    this.standing = standing;
  }

  private LanguageModel standing() {
    return switch (standing.get()) {
      case Standing.Serving _ -> model;
      case Standing.Stopped stopped ->
          throw new IllegalStateException(model.name() + " was stopped: " + stopped.reason());
    };
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public int contextLength() {
    return model.contextLength();
  }

  @Override
  public int countTokens(Conversation conversation) {
    return model.countTokens(conversation);
  }

  @Override
  public Optional<CallFormat> callFormat() {
    return model.callFormat();
  }

  @Override
  public void check(Sampling sampling) {
    model.check(sampling);
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    return standing().reply(conversation, sampling, listener);
  }

  @Override
  public Score score(String context, String continuation) {
    return standing().score(context, continuation);
  }

  @Override
  public List<Score> scoreReplies(Conversation exchange, List<String> beginnings) {
    return standing().scoreReplies(exchange, beginnings);
  }

  @Override
  public List<Score> scoreReplies(
      Conversation exchange, Conversation alike, List<String> beginnings) {
    return standing().scoreReplies(exchange, alike, beginnings);
  }

  @Override
  public void close() {
    model.close();
  }
}
