package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A model that says what a function says, a word at a time; each word is a token. */
public final class ScriptedModel implements LanguageModel {
  private final Function<Conversation, String> script;
  private final Duration pause;
  private final int contextLength;
  private final Optional<CallFormat> format;
  private final boolean tells;

  /** How often it was asked. */
  final AtomicInteger asked = new AtomicInteger();

  /** Words that it has written. */
  final AtomicInteger written = new AtomicInteger();

  /** Replies that were stopped by who listened. */
  final AtomicInteger stopped = new AtomicInteger();

  private ScriptedModel(
      Function<Conversation, String> script,
      Duration pause,
      int contextLength,
      Optional<CallFormat> format,
      boolean tells) {
    this.tells = tells;
    this.script = script;
    this.pause = pause;
    this.contextLength = contextLength;
    this.format = format;
  }

  public static ScriptedModel saying(String text) {
    return answering(conversation -> text);
  }

  public static ScriptedModel answering(Function<Conversation, String> script) {
    return new ScriptedModel(script, Duration.ZERO, 2_048, Optional.empty(), false);
  }

  /** The same, with a pause after each word. */
  public ScriptedModel pausing(Duration each) {
    return new ScriptedModel(script, each, contextLength, format, tells);
  }

  public ScriptedModel withContext(int tokens) {
    return new ScriptedModel(script, pause, tokens, format, tells);
  }

  /** The same, writing calls of tools in a format. */
  public ScriptedModel calling(CallFormat how) {
    return new ScriptedModel(script, pause, contextLength, Optional.of(how), tells);
  }

  @Override
  public Optional<CallFormat> callFormat() {
    return format;
  }

  /** The same, telling how likely each word was. */
  ScriptedModel tellingTokens() {
    return new ScriptedModel(script, pause, contextLength, format, true);
  }

  @Override
  public void check(Sampling sampling) {
    if (!tells || !sampling.tellsLogprobs()) {
      LanguageModel.super.check(sampling);
    }
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public int countTokens(Conversation conversation) {
    int words = 0;
    for (Message message : conversation.messages()) {
      words += 1 + message.content().strip().split("\\s+").length;
    }
    return words;
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    asked.incrementAndGet();
    int prompt = countTokens(conversation);
    if (prompt >= contextLength) {
      throw new PromptTooLongException(prompt, contextLength);
    }
    StringBuilder told = new StringBuilder();
    int tokens = 0;
    for (String word : script.apply(conversation).split("(?<=\\s)")) {
      if (word.isEmpty()) {
        continue;
      }
      if (tokens == sampling.maxTokens()) {
        return new Reply(told.toString(), StopReason.MAX_TOKENS, prompt, tokens, "");
      }
      for (String stop : sampling.stops()) {
        if (word.contains(stop)) {
          return new Reply(told.toString(), StopReason.STOP_TEXT, prompt, tokens, stop);
        }
      }
      tokens++;
      written.incrementAndGet();
      told.append(word);
      if (tells && sampling.tellsLogprobs()) {
        listener.token(
            new TokenTold(word, word.getBytes(StandardCharsets.UTF_8), -tokens, List.of()));
      }
      if (listener.piece(word, tokens) == Next.STOP) {
        stopped.incrementAndGet();
        return new Reply(told.toString(), StopReason.CANCELLED, prompt, tokens, "");
      }
      rest();
    }
    return new Reply(told.toString(), StopReason.END_OF_TURN, prompt, tokens, "");
  }

  private void rest() {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Score score(String context, String continuation) {
    throw new UnsupportedOperationException("nobody asks a server for scores");
  }

  @Override
  public void close() {}
}
