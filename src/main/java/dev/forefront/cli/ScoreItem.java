package dev.forefront.cli;

import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.generate.Engine;
import dev.forefront.generate.IdModel.ScoredToken;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A continuation to score. */
sealed interface ScoreItem {

  JsonLines.Line line();

  /** As words. */
  record Words(JsonLines.Line line, String context, String continuation) implements ScoreItem {}

  /** As ids, which are read as they are. */
  record Ids(JsonLines.Line line, List<Integer> context, List<Integer> continuation)
      implements ScoreItem {}

  /**
   * @throws dev.forefront.conversation.BadInputException naming the line and what is wrong with it
   */
  static ScoreItem of(JsonLines.Line line) {
    JsonNode object = line.object();
    if (!object.path("id").isString() && !object.path("id").isNumber()) {
      throw line.bad("the item needs an id, a text or a number");
    }
    boolean words = object.has("context") || object.has("continuation");
    boolean ids = object.has("context_ids") || object.has("continuation_ids");
    if (words == ids) {
      throw line.bad(
          "the item needs either context and continuation, or context_ids and continuation_ids");
    }
    return words
        ? new Words(line, text(line, "context"), notEmpty(line, text(line, "continuation")))
        : new Ids(line, ids(line, "context_ids"), notEmpty(line, ids(line, "continuation_ids")));
  }

  /** The line of the output. */
  default String answer(Engine engine) {
    List<ScoredToken> tokens = scored(engine);
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.set("id", line().object().path("id"));
    answer.put("logprob", tokens.stream().mapToDouble(ScoredToken::logprob).sum());
    ArrayNode each = answer.putArray("token_logprobs");
    tokens.forEach(token -> each.add(token.logprob()));
    answer.put("is_greedy", tokens.stream().allMatch(ScoredToken::greedy));
    return answer.toString();
  }

  private List<ScoredToken> scored(Engine engine) {
    try {
      return switch (this) {
        case Words words -> engine.scoreTokens(words.context(), words.continuation());
        case Ids ids -> {
          check(ids, engine.ids().config().vocabularySize());
          yield engine.scoreTokens(array(ids.context()), array(ids.continuation()));
        }
      };
    } catch (PromptTooLongException tooLong) {
      throw line()
          .bad(
              "the continuation has %,d tokens and the model reads at most %,d"
                  .formatted(tooLong.promptTokens(), tooLong.contextLength()));
    }
  }

  private static void check(Ids ids, int vocabulary) {
    Stream.concat(ids.context().stream(), ids.continuation().stream())
        .filter(id -> id >= vocabulary)
        .findFirst()
        .ifPresent(
            id -> {
              throw ids.line()
                  .bad(
                      "id %d is not the model's: its ids run from 0 to %d"
                          .formatted(id, vocabulary - 1));
            });
  }

  private static String text(JsonLines.Line line, String name) {
    JsonNode value = line.object().path(name);
    if (!value.isString()) {
      throw line.bad(name + " is missing or no text");
    }
    return value.asString();
  }

  private static List<Integer> ids(JsonLines.Line line, String name) {
    JsonNode value = line.object().path(name);
    Stream<JsonNode> each = value.valueStream();
    if (!value.isArray()
        || each.anyMatch(id -> !id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0)) {
      throw line.bad(name + " is missing or no list of ids");
    }
    return value.valueStream().map(JsonNode::asInt).toList();
  }

  private static String notEmpty(JsonLines.Line line, String continuation) {
    if (continuation.isEmpty()) {
      throw line.bad("the continuation is empty: there is nothing to score");
    }
    return continuation;
  }

  private static List<Integer> notEmpty(JsonLines.Line line, List<Integer> continuation) {
    if (continuation.isEmpty()) {
      throw line.bad("the continuation is empty: there is nothing to score");
    }
    return continuation;
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
