package dev.forefront.serve;

import dev.forefront.guard.GuardedReply;
import dev.forefront.guard.Hazard;
import dev.forefront.guard.Side;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a caller is told when the guard steps in. The text is the house's own, never the model's.
 *
 * @param policy name of the release's policy
 * @param stage which stage of the guard saw it
 * @param side INPUT where the model never saw the conversation
 */
record Notice(String policy, Hazard hazard, String stage, Side side) {

  static Notice of(String policy, GuardedReply.Outcome.Refused refused) {
    return new Notice(policy, refused.block().category(), refused.block().stage(), refused.side());
  }

  String text() {
    return hazard.notice();
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
    node.put("notice", text());
    return node;
  }

  /** {@code stop_details} of the Messages API. */
  ObjectNode stopDetails() {
    ObjectNode details = JsonMapper.shared().createObjectNode();
    details.put("type", "refusal");
    details.put("category", category());
    details.put("explanation", text());
    return details;
  }
}
