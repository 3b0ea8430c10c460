package dev.forefront.generate;

import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import dev.forefront.token.Decoder;
import dev.forefront.token.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Ids become text on the caller's thread. Text that may be the beginning of a stop text waits until
 * it is known not to be, and so do the tokens that it is made of.
 */
final class Writing {
  /** A token that waits until all of its text was told. */
  private record Waiting(TokenTold token, int end) {}

  private static final int NOT_YET = -1;

  private final Tokenizer tokenizer;
  private final Decoder decoder;
  private final Map<Integer, String> marks;
  private final boolean telling;
  private final List<String> stops;
  private final Listener listener;
  private final StringBuilder told = new StringBuilder();
  private final StringBuilder held = new StringBuilder();
  private final List<Waiting> waitingTokens = new ArrayList<>();
  private String stopText = "";
  private boolean cancelled;
  private int tokens;

  /**
   * @param marks spellings of control tokens that are text of this reply
   */
  Writing(Tokenizer tokenizer, Sampling sampling, Map<Integer, String> marks, Listener listener) {
    this.tokenizer = tokenizer;
    this.marks = marks;
    this.decoder = tokenizer.stream();
    this.stops = sampling.stops().stream().filter(stop -> !stop.isEmpty()).toList();
    telling = sampling.tellsLogprobs();
    this.listener = listener;
  }

  /** Takes the next token; returns whether more are wanted. */
  Next token(IdModel.ScoredToken token) {
    tokens++;
    if (telling) {
      waitingTokens.add(new Waiting(told(token), NOT_YET));
    }
    String mark = marks.isEmpty() ? null : marks.get(token.id());
    decoded(mark == null ? decoder.push(token.id()) : decoder.finish() + mark);
    return tell() ? Next.CONTINUE : Next.STOP;
  }

  Reply finish(Request.Ended ended, int promptTokens) {
    if (stopText.isEmpty() && !cancelled) {
      decoded(decoder.finish());
      if (tell()) {
        flush(held.length());
      }
    }
    StopReason reason =
        !stopText.isEmpty()
            ? StopReason.STOP_TEXT
            : cancelled ? StopReason.CANCELLED : ended.stop();
    return new Reply(told.toString(), reason, promptTokens, ended.reused(), tokens, stopText);
  }

  /** What is decoded is the text of all tokens that have none yet. */
  private void decoded(String text) {
    held.append(text);
    if (telling && !text.isEmpty()) {
      int end = told.length() + held.length();
      waitingTokens.replaceAll(one -> one.end() == NOT_YET ? new Waiting(one.token(), end) : one);
    }
  }

  private TokenTold told(IdModel.ScoredToken token) {
    return new TokenTold(
        tokenizer.shown(token.id()),
        tokenizer.bytes(token.id()),
        token.logprob(),
        token.likeliest().stream()
            .map(
                one ->
                    new TokenTold.Likely(
                        tokenizer.shown(one.id()), tokenizer.bytes(one.id()), one.logprob()))
            .toList());
  }

  private boolean tell() {
    int end = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (end < 0 || at < end)) {
        end = at;
        stopText = stop;
      }
    }
    if (end >= 0) {
      flush(end);
      return false;
    }
    flush(held.length() - waiting());
    return !cancelled;
  }

  /** Characters at the end that may begin a stop text. */
  private int waiting() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }

  private void flush(int length) {
    if (length == 0 || cancelled) {
      return;
    }
    String piece = held.substring(0, length);
    held.delete(0, length);
    told.append(piece);
    while (!waitingTokens.isEmpty()
        && waitingTokens.getFirst().end() != NOT_YET
        && waitingTokens.getFirst().end() <= told.length()) {
      listener.token(waitingTokens.removeFirst().token());
    }
    cancelled = listener.piece(piece, tokens) == Next.STOP;
  }
}
