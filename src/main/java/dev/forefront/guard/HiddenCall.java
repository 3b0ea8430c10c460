package dev.forefront.guard;

import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call of a tool in whose arguments personal data is hidden, and which is JSON as before: texts
 * are read each for itself, after the name that they stand under, and a number in which something
 * is found becomes a text.
 */
final class HiddenCall {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final UnaryOperator<String> hide;

  private HiddenCall(UnaryOperator<String> hide) {
    this.hide = hide;
  }

  /**
   * @param call see {@link dev.forefront.conversation.Message.Kind.Call}
   * @param hide the same text with placeholders
   */
  static String of(String call, UnaryOperator<String> hide) {
    JsonNode node = JsonMapper.shared().readTree(call);
    if (node instanceof ObjectNode object) {
      JsonNode before = object.path("arguments");
      JsonNode after = new HiddenCall(hide).hidden("", before);
      if (after.equals(before)) {
        return call;
      }
      object.set("arguments", after);
    }
    return node.toString();
  }

  private JsonNode hidden(String name, JsonNode value) {
    return switch (value) {
      case ObjectNode object -> {
        ObjectNode hidden = JSON.objectNode();
        object.forEachEntry((key, one) -> hidden.set(hide.apply(key), hidden(key, one)));
        yield hidden;
      }
      case ArrayNode array -> {
        ArrayNode hidden = JSON.arrayNode();
        array.forEach(one -> hidden.add(hidden(name, one)));
        yield hidden;
      }
      default -> {
        String text = value.isString() ? value.asString() : value.toString();
        String hidden = value.isString() || value.isNumber() ? text(name, text) : text;
        yield hidden.equals(text) ? value : JSON.stringNode(hidden);
      }
    };
  }

  /** A secret may be one only after the word that names it. */
  private String text(String name, String text) {
    String before = name + ": ";
    String named = name.isEmpty() ? text : hide.apply(before + text);
    // Where something was found in the name too, the text is read alone.
    return named.startsWith(before) && !name.isEmpty()
        ? named.substring(before.length())
        : hide.apply(text);
  }
}
