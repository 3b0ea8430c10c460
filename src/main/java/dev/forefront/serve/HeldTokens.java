package dev.forefront.serve;

import dev.forefront.conversation.TokenTold;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The tokens of a reply's text that is held back until it is known to be text or a call. They are
 * found by their bytes; one that stands across a border belongs to where it begins.
 */
final class HeldTokens {
  /**
   * @param begin bytes of the reply before it
   */
  private record Waiting(TokenTold token, long begin) {}

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  // Bytes of the reply that tokens account for, and that are known to be text or a call.
  private long accounted;
  private long known;

  /** Takes the tokens that end in the next piece of the reply. */
  void add(List<TokenTold> tokens) {
    for (TokenTold token : tokens) {
      waiting.add(new Waiting(token, accounted));
      // The text shows a control token too, which has no bytes of its own.
      accounted += token.bytes().length == 0 ? bytes(token.text()) : token.bytes().length;
    }
  }

  /** The tokens of the oldest text that is held, which is known now. */
  List<TokenTold> pass(String text) {
    known += bytes(text);
    List<TokenTold> passed = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().begin() < known) {
      passed.add(waiting.remove().token());
    }
    return passed;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
