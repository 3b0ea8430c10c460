package dev.forefront.guard;

import dev.forefront.conversation.Message;
import java.util.Set;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The words of what is JSON in a conversation, as a model understands them: every name, text and
 * number, a line each, with what a backslash stands for. Signs and the words of JSON Schema itself,
 * which are the same in all definitions, say nothing.
 */
final class JsonWords {
  private static final Set<String> KEYWORDS =
      Set.of(
          "type",
          "function",
          "name",
          "description",
          "parameters",
          "arguments",
          "properties",
          "required",
          "items",
          "additionalProperties",
          "enum",
          "const",
          "default",
          "anyOf",
          "title",
          "format");
  private static final Set<String> TYPES =
      Set.of("function", "object", "array", "string", "integer", "number", "boolean", "null");

  private final StringJoiner words = new StringJoiner("\n");

  private JsonWords() {}

  /** What of a message has to be read. */
  static String of(Message message) {
    if (!message.isJson()) {
      return message.kind() instanceof Message.Kind.Result
          ? result(message.content())
          : message.content();
    }
    JsonWords read = new JsonWords();
    read.take("", JsonMapper.shared().readTree(message.content()));
    return read.words.toString();
  }

  /** Tools answer text, or JSON, or JSON in the middle of text: it is read as both. */
  private static String result(String content) {
    return content.indexOf('\\') < 0 ? content : content + "\n\n" + new JsonEscapes().push(content);
  }

  private void take(String name, JsonNode value) {
    switch (value) {
      case ObjectNode object -> {
        named(name, "");
        object.forEachEntry(this::take);
      }
      case ArrayNode array -> {
        named(name, "");
        array.forEach(one -> take("", one));
      }
      default -> named(name, value.isString() ? value.asString() : value.toString());
    }
  }

  private void named(String name, String value) {
    String key = KEYWORDS.contains(name) ? "" : name;
    String text = name.equals("type") && TYPES.contains(value) ? "" : value;
    if (!key.isEmpty() || !text.isEmpty()) {
      words.add(key.isEmpty() || text.isEmpty() ? key + text : key + ": " + text);
    }
  }
}
