package dev.forefront.serve;

import dev.forefront.guard.GuardedReply;
import dev.forefront.guard.Hazard;
import dev.forefront.guard.Side;
import dev.forefront.release.Standing;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a caller is told when the guard steps in, or the board. The text is the house's own, never
 * the model's.
 *
 * @param policy name of the release's policy
 * @param stage which stage of the guard saw it; {@link #BOARD} where the board stopped the release
 * @param side INPUT where the model never saw the conversation
 * @param text a calm sentence
 */
record Notice(String policy, Hazard hazard, String stage, Side side, String text) {
  static final String BOARD = "board";

  static Notice of(String policy, GuardedReply.Outcome.Refused refused) {
    Hazard hazard = refused.block().category();
    return new Notice(policy, hazard, refused.block().stage(), refused.side(), hazard.notice());
  }

  static Notice of(String policy, Standing.Stopped stopped) {
    return new Notice(policy, Hazard.UNKNOWN, BOARD, Side.OUTPUT, sentence(stopped));
  }

  /** The board's reasons are clauses, such as "it is stopped by Ada: answers invented doses". */
  static String sentence(Standing.Stopped stopped) {
    return "This model answers nothing at the moment: " + stopped.reason();
  }

  /** The nearest of the categories that typed clients of the Messages API know, or null. */
  @Nullable String category() {
    return switch (hazard) {
      case S9 -> "bio";
      case S14 -> "cyber";
      case UNKNOWN -> null;
      default -> "general_harms";
    };
  }

  ObjectNode json() {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("policy", policy);
    node.put("hazard", hazard.name());
    node.put("title", hazard.title());
    node.put("stage", stage);
    node.put("side", side.name().toLowerCase(Locale.ROOT));
    node.put("notice", text);
    return node;
  }

  /** {@code stop_details} of the Messages API. */
  ObjectNode stopDetails() {
    ObjectNode details = JsonMapper.shared().createObjectNode();
    details.put("type", "refusal");
    details.put("category", category());
    details.put("explanation", text);
    return details;
  }
}
