package dev.forefront.conversation;

import java.util.List;

/** How a model writes down that it calls tools, as its chat template shows it. */
public enum CallFormat {
  /**
   * {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, as Hermes and Qwen have it.
   */
  HERMES("<tool_call>", "</tool_call>", "<tool_call>\n", "arguments"),
  /**
   * A reply that is {@code {"name": ..., "parameters": {...}}} and nothing else, as Llama 3 has it;
   * {@code <|python_tag|>} may stand before.
   */
  LLAMA("<|python_tag|>", "", "", "parameters"),
  /** {@code [TOOL_CALLS][{"name": ..., "arguments": {...}}]}, as Mistral has it up to version 7. */
  MISTRAL("[TOOL_CALLS]", "", "[TOOL_CALLS]", "arguments");

  private final String opening;
  private final String closing;
  private final String prefill;
  private final String arguments;

  CallFormat(String opening, String closing, String prefill, String arguments) {
    this.opening = opening;
    this.closing = closing;
    this.prefill = prefill;
    this.arguments = arguments;
  }

  /** The mark before calls; with {@link #LLAMA} there may be none. */
  public String opening() {
    return opening;
  }

  /** The mark after a call; empty where there is none. */
  public String closing() {
    return closing;
  }

  /** What a reply begins with that has to be a call; its form follows. */
  public String prefill() {
    return prefill;
  }

  /** The key of a call's arguments. */
  public String arguments() {
    return arguments;
  }

  /** Whether a reply that begins with a JSON object may be a call without any mark. */
  public boolean isBare() {
    return this == LLAMA;
  }

  /** Whether calls stand in one list. */
  public boolean isList() {
    return this == MISTRAL;
  }

  /** The marks that a model may write in a reply although they are control tokens. */
  public List<String> marks() {
    return closing.isEmpty() ? List.of(opening) : List.of(opening, closing);
  }
}
