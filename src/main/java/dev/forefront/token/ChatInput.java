package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template writes down. Everything in it is of the kinds that JSON knows, as Java has
 * them, and every text in it stays text.
 *
 * @param messages each with a {@code role}, mostly with a {@code content}, and with what else the
 *     template knows: {@code tool_calls}, say
 * @param variables {@code tools}, {@code documents}, {@code enable_thinking} and what else the
 *     template knows
 */
public record ChatInput(List<Map<String, ?>> messages, Map<String, Object> variables) {
  static final String MESSAGES = "messages";
  static final String TOOLS = "tools";
  static final String ADD_GENERATION_PROMPT = "add_generation_prompt";
  private static final List<String> TAKEN =
      List.of(MESSAGES, ADD_GENERATION_PROMPT, "bos_token", "eos_token");

  public ChatInput {
    messages = List.copyOf(messages);
    variables = Map.copyOf(variables);
    for (String taken : TAKEN) {
      if (variables.containsKey(taken)) {
        throw new BadInputException("a chat template's variable cannot be called " + taken);
      }
    }
  }

  /** Messages, with what is said in them of tools. */
  public static ChatInput of(Conversation conversation) {
    return ToolTurns.of(conversation.messages());
  }

  /** The same with one more variable. */
  public ChatInput with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(variables);
    more.put(name, value);
    return new ChatInput(messages, more);
  }

  /** Whether there are tools to be called. */
  boolean hasTools() {
    return variables.get(TOOLS) != null;
  }

  ChatInput first(int count) {
    return new ChatInput(messages.subList(0, count), variables);
  }

  /** Who speaks in a message. */
  static String role(Map<String, ?> message) {
    return message.get("role") instanceof String role ? role : "";
  }

  /** What is said in it, where that is a text. */
  static @Nullable String content(Map<String, ?> message) {
    return message.get("content") instanceof String content ? content : null;
  }

  /** Whether a reply is begun that the model is to continue. */
  boolean continues(AddGenerationPrompt prompt) {
    return prompt == AddGenerationPrompt.YES
        && !messages.isEmpty()
        && role(messages.getLast()).equals("assistant")
        && content(messages.getLast()) != null;
  }
}
