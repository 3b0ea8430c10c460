package dev.forefront.serve;

import dev.forefront.guard.GuardedReply.Outcome;
import dev.forefront.release.Standing;
import java.util.List;

/** How a reply ended that its caller shall hear of. */
sealed interface Ended {

  /** Tokens of the conversation, template included. */
  int promptTokens();

  /** How many of them the model had read before, for the same tenant. */
  default int cachedTokens() {
    return 0;
  }

  /**
   * As the model and the guard would have it.
   *
   * @param calls of tools; none where the reply was refused
   */
  record Guarded(Outcome outcome, int promptTokens, List<ToolCall> calls) implements Ended {
    @Override
    public int cachedTokens() {
      return outcome instanceof Outcome.Finished finished
          ? Math.min(promptTokens, finished.reply().cachedTokens())
          : 0;
    }
  }

  /** The board stopped the release while the reply was written. */
  record Stopped(Standing.Stopped order, int promptTokens, int replyTokens) implements Ended {}
}
