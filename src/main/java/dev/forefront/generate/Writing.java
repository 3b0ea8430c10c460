package dev.forefront.generate;

import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.StopReason;
import dev.forefront.token.Decoder;
import java.util.List;

/**
 * Ids become text on the caller's thread. Text that may be the beginning of a stop text waits until
 * it is known not to be.
 */
final class Writing {
  private final Decoder decoder;
  private final List<String> stops;
  private final Listener listener;
  private final StringBuilder told = new StringBuilder();
  private final StringBuilder held = new StringBuilder();
  private String stopText = "";
  private boolean cancelled;
  private int tokens;

  Writing(Decoder decoder, List<String> stops, Listener listener) {
    this.decoder = decoder;
    this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    this.listener = listener;
  }

  /** Takes the next token; returns whether more are wanted. */
  Next token(IdModel.ScoredToken token) {
    tokens++;
    held.append(decoder.push(token.id()));
    return tell() ? Next.CONTINUE : Next.STOP;
  }

  Reply finish(StopReason stop, int promptTokens) {
    if (stopText.isEmpty() && !cancelled) {
      held.append(decoder.finish());
      if (tell()) {
        flush(held.length());
      }
    }
    StopReason reason =
        !stopText.isEmpty() ? StopReason.STOP_TEXT : cancelled ? StopReason.CANCELLED : stop;
    return new Reply(told.toString(), reason, promptTokens, tokens, stopText);
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
    cancelled = listener.piece(piece, tokens) == Next.STOP;
  }
}
