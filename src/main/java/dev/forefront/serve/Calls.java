package dev.forefront.serve;

import dev.forefront.conversation.StopReason;
import java.util.List;

/**
 * Tells the calls of tools in a reply from its text. What it is given was allowed by the guard
 * already; what it gives back is the same text without the calls. For one reply.
 */
interface Calls {

  /** Of a reply that is text and nothing else. */
  Calls NONE =
      new Calls() {
        @Override
        public String take(String piece) {
          return piece;
        }

        @Override
        public boolean wantsMore() {
          return true;
        }

        @Override
        public String finish(StopReason stop) {
          return "";
        }

        @Override
        public List<ToolCall> made() {
          return List.of();
        }
      };

  /** Takes the next piece of the reply and gives the text that may be told now, often none. */
  String take(String piece);

  /** Whether the reply shall go on: not after the one call that may be made. */
  boolean wantsMore();

  /**
   * The reply has ended.
   *
   * @return what looked like a call, or like the beginning of one, and was none
   */
  String finish(StopReason stop);

  /** The calls, in order. They leave once the whole reply has been allowed, and not before. */
  List<ToolCall> made();
}
