package dev.forefront.serve;

import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.TokenTold;
import java.util.List;

/**
 * Tells the calls of tools in a reply from its text. What it is given was allowed by the guard
 * already; what it gives back is the same text without the calls. For one reply.
 */
interface Calls {

  /**
   * What may be told now, often nothing.
   *
   * @param tokens of the text, where the request asks for them
   */
  record Told(String text, List<TokenTold> tokens) {
    static final Told NOTHING = new Told("", List.of());
  }

  /** Of a reply that is text and nothing else. */
  Calls NONE =
      new Calls() {
        @Override
        public Told take(String piece, List<TokenTold> tokens) {
          return new Told(piece, tokens);
        }

        @Override
        public boolean wantsMore() {
          return true;
        }

        @Override
        public Told finish(StopReason stop) {
          return Told.NOTHING;
        }

        @Override
        public List<ToolCall> made() {
          return List.of();
        }
      };

  /**
   * Takes the next piece of the reply.
   *
   * @param tokens whose last byte is one of the piece's, in order
   */
  Told take(String piece, List<TokenTold> tokens);

  /** Whether the reply shall go on: not after the one call that may be made. */
  boolean wantsMore();

  /**
   * The reply has ended.
   *
   * @return what looked like a call, or like the beginning of one, and was none
   */
  Told finish(StopReason stop);

  /** The calls, in order. They leave once the whole reply has been allowed, and not before. */
  List<ToolCall> made();
}
