package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads what a model wrote as a call. The arguments stay as they were written, to the character:
 * that is what the guard has read.
 */
final class CallJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(Bodies.CONSTRAINTS)
          .build();

  private final CallFormat format;
  private final Set<String> names;

  /**
   * @param names of the tools that there are
   */
  CallJson(CallFormat format, Set<String> names) {
    this.format = format;
    this.names = names;
  }

  /**
   * The calls in a JSON text; empty where it is none, or one of them is of no tool that there is.
   */
  List<ToolCall> read(String json) {
    List<ToolCall> calls = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (format.isList() && first == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          Optional<ToolCall> call = call(parser, json);
          if (call.isEmpty()) {
            return List.of();
          }
          calls.add(call.get());
        }
        return parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null
            ? calls
            : List.of();
      }
      if (first != JsonToken.START_OBJECT || format.isList()) {
        return List.of();
      }
      call(parser, json).ifPresent(calls::add);
      return parser.nextToken() == null ? calls : List.of();
    } catch (JacksonException noJson) {
      return List.of();
    }
  }

  /** The object that begins here, to its end. */
  private Optional<ToolCall> call(JsonParser parser, String json) {
    String name = "";
    String arguments = "{}";
    boolean sound = true;
    for (JsonToken key = parser.nextToken();
        key == JsonToken.PROPERTY_NAME;
        key = parser.nextToken()) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      int from = (int) parser.currentTokenLocation().getCharOffset();
      if (field.equals("name")) {
        name = value == JsonToken.VALUE_STRING ? parser.getString() : "";
        sound &= value == JsonToken.VALUE_STRING;
      } else if (field.equals("arguments") || field.equals(format.arguments())) {
        sound &= value == JsonToken.START_OBJECT;
        skip(parser);
        arguments = json.substring(from, (int) parser.currentLocation().getCharOffset());
        continue;
      }
      skip(parser);
    }
    return sound && names.contains(name)
        ? Optional.of(new ToolCall(name, arguments))
        : Optional.empty();
  }

  /** To the end of the value, reading all of it: what is broken further in is broken. */
  private static void skip(JsonParser parser) {
    int depth = 0;
    do {
      JsonToken token = parser.currentToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (token == JsonToken.VALUE_STRING) {
        parser.getString();
      }
    } while (depth > 0 && parser.nextToken() != null);
  }
}
