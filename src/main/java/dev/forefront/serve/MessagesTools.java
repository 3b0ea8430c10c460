package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Role;
import dev.forefront.serve.Toolbox.Calling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tools in the words of Anthropic's API. */
final class MessagesTools {
  private MessagesTools() {}

  static Toolbox read(Fields fields, Optional<CallFormat> format) {
    List<Tool> tools = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (Fields.Element one : fields.list("tools")) {
      Fields tool = one.fields();
      if (!tool.textIfAny("type").orElse("custom").equals("custom")) {
        throw ApiException.invalid(
            tool.place("type"), "must be custom: this server has no tools of its own");
      }
      tools.add(Tool.read(tool, "input_schema"));
      places.add(one.place());
    }
    if (!fields.has("tool_choice")) {
      return Toolbox.of(tools, places, ToolChoice.AUTO, Calling.MANY, format);
    }
    Fields choice = Fields.of(fields.any("tool_choice"), "tool_choice");
    Calling calling = choice.flag("disable_parallel_tool_use") ? Calling.ONE : Calling.MANY;
    return Toolbox.of(tools, places, choice(choice), calling, format);
  }

  private static ToolChoice choice(Fields choice) {
    return switch (choice.text("type")) {
      case "auto" -> ToolChoice.AUTO;
      case "none" -> new ToolChoice.None();
      case "any" -> new ToolChoice.Required();
      case "tool" -> new ToolChoice.Named(Tool.name(choice));
      default ->
          throw ApiException.invalid(choice.place("type"), "must be one of auto, any, tool, none");
    };
  }

  /**
   * What one message says: words, and what it has to do with tools. Words of the assistant come
   * before its calls, wherever they stand; those of others come where they stand.
   *
   * @param blocks of its content
   */
  static void say(Role role, List<Fields.Element> blocks, String place, Dialogue dialogue) {
    StringBuilder words = new StringBuilder();
    List<Fields.Element> calls = new ArrayList<>();
    boolean spoken = false;
    for (Fields.Element element : blocks) {
      Fields block = element.fields();
      switch (block.text("type")) {
        case "text" -> words.append(block.text("text"));
        // Thoughts of an earlier turn are the model's own notes, not part of the conversation.
        case "thinking", "redacted_thinking" -> {}
        case "tool_use" -> {
          requireRole(Role.ASSISTANT, role, block);
          calls.add(element);
        }
        case "tool_result" -> {
          requireRole(Role.USER, role, block);
          if (!words.isEmpty()) {
            dialogue.words(role, words.toString(), place);
            words.setLength(0);
          }
          dialogue.result(block.text("tool_use_id"), result(block), element.place(), "tool_use_id");
          spoken = true;
        }
        default ->
            throw ApiException.invalid(
                block.place("type"),
                "must be text, tool_use or tool_result: this server reads no other blocks");
      }
    }
    if (!words.isEmpty() || !spoken && calls.isEmpty()) {
      dialogue.words(role, words.toString(), place);
    }
    for (Fields.Element element : calls) {
      Fields call = element.fields();
      dialogue.call(call.text("id"), Tool.name(call), input(call), element.place());
    }
  }

  private static void requireRole(Role wanted, Role role, Fields block) {
    if (role != wanted) {
      throw ApiException.invalid(
          block.place("type"),
          "%s can only stand in a message of the %s"
              .formatted(block.text("type"), wanted.wireName()));
    }
  }

  private static ObjectNode input(Fields call) {
    if (!call.has("input")) {
      return JsonMapper.shared().createObjectNode();
    }
    if (!(call.any("input") instanceof ObjectNode input)) {
      throw ApiException.invalid(call.place("input"), "must be an object");
    }
    return input;
  }

  /** Templates know no errors: the model reads that it is one. */
  private static String result(Fields block) {
    JsonNode content = block.any("content");
    String text =
        block.has("content") ? MessagesRequest.content(content, block.place("content")) : "";
    return block.flag("is_error") ? "Error: " + text : text;
  }

  /** A call in a reply, under an id of its own; its input as in a stream's beginning. */
  static ObjectNode json(ToolCall call) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("type", "tool_use");
    json.put("id", Call.newId("toolu_"));
    json.put("name", call.name());
    json.putObject("input");
    // Whoever is typed reads who called: the model did, and no code of its own.
    json.putObject("caller").put("type", "direct");
    json.putNull("toolset_name");
    return json;
  }

  /** The same with its input. */
  static ObjectNode whole(ToolCall call) {
    ObjectNode json = json(call);
    json.set("input", ChatTools.EXACT.readTree(call.arguments()));
    return json;
  }
}
