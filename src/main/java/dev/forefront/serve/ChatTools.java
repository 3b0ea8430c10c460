package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.serve.Toolbox.Calling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tools in the words of OpenAI's API. */
final class ChatTools {
  /** Calls come back as they were written, also where a number has many figures. */
  static final JsonMapper EXACT =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(Bodies.CONSTRAINTS).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ChatTools() {}

  static Toolbox read(Fields fields, Optional<CallFormat> format) {
    List<Tool> tools = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (Fields.Element one : fields.list("tools")) {
      Fields tool = one.fields();
      tools.add(Tool.read(function(tool), "parameters"));
      places.add(one.place());
    }
    Calling calling =
        fields.has("parallel_tool_calls") && !fields.flag("parallel_tool_calls")
            ? Calling.ONE
            : Calling.MANY;
    return Toolbox.of(tools, places, choice(fields), calling, format);
  }

  private static Fields function(Fields tool) {
    if (!tool.text("type").equals("function")) {
      throw ApiException.invalid(tool.place("type"), "must be function: no other tools are known");
    }
    if (!tool.has("function")) {
      throw ApiException.invalid(tool.place("function"), "is missing");
    }
    return Fields.of(tool.any("function"), tool.place("function"));
  }

  private static ToolChoice choice(Fields fields) {
    if (!fields.has("tool_choice")) {
      return ToolChoice.AUTO;
    }
    JsonNode choice = fields.any("tool_choice");
    if (choice.isObject()) {
      return new ToolChoice.Named(
          Tool.name(function(Fields.of(choice, fields.place("tool_choice")))));
    }
    return switch (fields.text("tool_choice")) {
      case "none" -> new ToolChoice.None();
      case "auto" -> ToolChoice.AUTO;
      case "required" -> new ToolChoice.Required();
      default ->
          throw ApiException.invalid(
              "tool_choice", "must be one of none, auto, required, or name a function");
    };
  }

  /** Whether an assistant's message holds calls; then it need not say anything. */
  static boolean hasCalls(Fields message) {
    return !message.list("tool_calls").isEmpty();
  }

  static void calls(Fields message, Dialogue dialogue) {
    for (Fields.Element one : message.list("tool_calls")) {
      Fields call = one.fields();
      Fields function = function(call);
      dialogue.call(call.text("id"), Tool.name(function), arguments(function), one.place());
    }
  }

  private static ObjectNode arguments(Fields function) {
    String text = function.text("arguments");
    if (text.isBlank()) {
      return JsonMapper.shared().createObjectNode();
    }
    try {
      if (EXACT.readTree(text) instanceof ObjectNode arguments) {
        return arguments;
      }
    } catch (JacksonException e) {
      // Said below.
    }
    throw ApiException.invalid(function.place("arguments"), "must be the text of a JSON object");
  }

  /** A call in a reply, under an id of its own. */
  static ObjectNode json(ToolCall call) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("id", Call.newId("call_"));
    json.put("type", "function");
    json.putObject("function").put("name", call.name()).put("arguments", call.arguments());
    return json;
  }
}
