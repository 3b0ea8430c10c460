package dev.forefront.guard;

import dev.forefront.conversation.TokenTold;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The tokens of one reply with their log-probabilities, on their way out beside the text. A token
 * leaves with the verdict that covers the last of its bytes, and from where the text that leaves is
 * no longer what the model wrote, none does. What could have been said at a place is read as if it
 * had been. For one thread at a time.
 */
final class ToldTokens {
  // Chars of the reply that are read before a token that could have been.
  private static final int BEFORE = 100;

  private record Waiting(TokenTold token, long end) {}

  private final Guard guard;
  private final StringBuilder before;
  private final List<TokenTold> fresh = new ArrayList<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private long end;
  private long left;
  private boolean changed;

  /**
   * @param continued what the reply goes on from
   */
  ToldTokens(Guard guard, String continued) {
    this.guard = guard;
    before = new StringBuilder(continued);
  }

  /** Takes a token whose text ends in the next piece. */
  void token(TokenTold token) {
    fresh.add(token);
  }

  /** Takes what the model wrote. */
  void piece(String text) {
    if (changed) {
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    written.writeBytes(bytes);
    end += bytes.length;
    for (TokenTold token : fresh) {
      waiting.add(new Waiting(judged(token), end));
      before.append(token.text());
    }
    fresh.clear();
    before.delete(0, Math.max(0, before.length() - BEFORE));
  }

  private TokenTold judged(TokenTold token) {
    return new TokenTold(
        token.text(),
        token.bytes(),
        token.logprob(),
        token.likeliest().stream()
            .filter(one -> Arrays.equals(one.bytes(), token.bytes()) || mayBeSaid(one.text()))
            .toList());
  }

  /** As the last word of the reply so far. */
  private boolean mayBeSaid(String text) {
    Inspection reading = guard.reading(Side.OUTPUT);
    reading.read(before + text);
    reading.finish();
    return reading.block() == null;
  }

  /** The tokens that leave with a text, under its verdict. */
  List<TokenTold> covered(Verdict.Allow verdict, String text) {
    if (changed) {
      return List.of();
    }
    byte[] leaving = text.getBytes(StandardCharsets.UTF_8);
    byte[] all = written.toByteArray();
    if (verdict.from() != left
        || leaving.length > all.length
        || !Arrays.equals(leaving, Arrays.copyOf(all, leaving.length))) {
      changed = true;
      waiting.clear();
      return List.of();
    }
    left = verdict.to();
    written.reset();
    written.write(all, leaving.length, all.length - leaving.length);
    List<TokenTold> covered = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().end() <= verdict.to()) {
      covered.add(waiting.remove().token());
    }
    return covered;
  }
}
