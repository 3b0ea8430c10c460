package dev.forefront.cli;

import dev.forefront.align.RewardModel;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reply for a reward model to judge.
 *
 * @param conversation ends with the reply
 */
record RewardItem(JsonLines.Line line, Conversation conversation) {

  /**
   * @throws BadInputException naming the line and what is wrong with it
   */
  static RewardItem of(JsonLines.Line line) {
    JsonNode id = line.object().path("id");
    if (!id.isString() && !id.isNumber()) {
      throw line.bad("the item needs an id, a text or a number");
    }
    try {
      return new RewardItem(line, PreferenceFile.replied(line.object()));
    } catch (IllegalArgumentException e) {
      throw line.bad(
          "%s; a reward model judges items with prompt and completion".formatted(e.getMessage()));
    }
  }

  /** The line of the output. */
  String answer(RewardModel judge) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.set("id", line.object().path("id"));
    try {
      answer.put("reward", judge.reward(conversation));
    } catch (BadInputException tooLong) {
      throw line.bad(String.valueOf(tooLong.getMessage()));
    }
    return answer.toString();
  }
}
