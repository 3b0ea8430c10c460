package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * The tools of one request that the model hears of.
 *
 * @param tools none where there are none, or the caller wants none to be called
 * @param format how the model calls them; null where it cannot
 */
record Toolbox(List<Tool> tools, ToolChoice choice, Calling calling, @Nullable CallFormat format) {
  private static final int MOST_TOOLS = 128;
  private static final int MOST_CHARS = 100_000;

  /** How many calls one reply may hold. */
  enum Calling {
    MANY,
    ONE
  }

  Toolbox {
    tools = choice instanceof ToolChoice.None ? List.of() : List.copyOf(tools);
  }

  /**
   * @param places of the tools in the request
   * @throws ApiException where the model cannot be given these tools
   */
  static Toolbox of(
      List<Tool> tools,
      List<String> places,
      ToolChoice choice,
      Calling calling,
      Optional<CallFormat> format) {
    if (tools.size() > MOST_TOOLS) {
      throw ApiException.invalid("tools", "must be at most %d".formatted(MOST_TOOLS));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tools.size(); i++) {
      if (!names.add(tools.get(i).name())) {
        throw ApiException.invalid(
            places.get(i), "another tool has the name %s already".formatted(tools.get(i).name()));
      }
    }
    switch (choice) {
      case ToolChoice.Named(String tool) when !names.contains(tool) ->
          throw ApiException.invalid("tool_choice", "no tool has the name " + tool);
      case ToolChoice.Required _ when tools.isEmpty() ->
          throw ApiException.invalid("tool_choice", "demands a call, and there are no tools");
      case ToolChoice.Named _, ToolChoice.Required _, ToolChoice.Auto _, ToolChoice.None _ -> {}
    }
    Toolbox toolbox = new Toolbox(tools, choice, calling, format.orElse(null));
    if (!toolbox.tools.isEmpty()) {
      requireFormat("tools", format);
      int length = toolbox.json().length();
      if (length > MOST_CHARS) {
        throw ApiException.invalid(
            "tools",
            "have %,d characters as JSON and may have %,d: offer fewer, or describe them in fewer words"
                .formatted(length, MOST_CHARS));
      }
    }
    return toolbox;
  }

  /**
   * @param place what of the request needs it
   * @throws ApiException where the model has none
   */
  static void requireFormat(String place, Optional<CallFormat> format) {
    if (format.isEmpty()) {
      throw ApiException.invalid(
          place,
          "the model's chat template knows no tools, or calls them in a way that this server does"
              + " not read: leave them out, or serve another model");
    }
  }

  /** Whether the reply may hold calls. */
  boolean isOpen() {
    return !tools.isEmpty();
  }

  private boolean demands() {
    return isOpen()
        && (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named);
  }

  private String json() {
    ArrayNode list = JsonMapper.shared().createArrayNode();
    tools.forEach(tool -> list.add(tool.json()));
    return list.toString();
  }

  /**
   * The conversation as the model shall read it: with the tools, and where a call is demanded,
   * begun.
   */
  Conversation with(List<Message> said) {
    List<Message> messages = new ArrayList<>();
    if (isOpen()) {
      messages.add(Message.tools(json()));
    }
    messages.addAll(said);
    if (demands() && format != null && !format.prefill().isEmpty()) {
      messages.add(Message.opening(format));
    }
    return new Conversation(messages);
  }

  /**
   * The form of the reply: a call where one is demanded; else what is asked for, or calls instead.
   *
   * @param asked what the request binds it to beside the tools
   * @throws ApiException where a tool's parameters are no form that replies can be bound to
   */
  Form form(Form asked, SchemaForms forms) {
    if (format == null || !isOpen()) {
      return asked;
    }
    if (demands()) {
      return forms.of(new CallSchema(format).of(demanded()), "tool_choice");
    }
    return asked == Form.FREE
        ? asked
        : new EitherForm(
            CallForm.of(format, calling, forms.of(new CallSchema(format).of(tools), "tools")),
            asked);
  }

  private List<Tool> demanded() {
    return choice instanceof ToolChoice.Named(String name)
        ? tools.stream().filter(tool -> tool.name().equals(name)).toList()
        : tools;
  }

  /** Reads the calls out of the reply. */
  Calls calls() {
    if (!isOpen() || format == null) {
      return Calls.NONE;
    }
    Set<String> names = tools.stream().map(Tool::name).collect(Collectors.toSet());
    return demands() ? CallReader.inCall(format, names) : CallReader.of(format, names, calling);
  }
}
