package dev.forefront.guard;

import dev.forefront.conversation.Reply;
import dev.forefront.conversation.TokenTold;
import java.util.List;

/** What the guard's thread tells the caller's about a reply. */
sealed interface Event {
  record Allowed(Verdict.Allow verdict, String text, List<TokenTold> tokens) implements Event {}

  /**
   * @param tokens that the model had written
   */
  record Blocked(Side side, Verdict.Block block, int tokens) implements Event {}

  record Ended(Reply reply) implements Event {}

  record Failed(Throwable cause) implements Event {}
}
