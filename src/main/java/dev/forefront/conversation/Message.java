package dev.forefront.conversation;

/**
 * One turn, or one thing that is said in it. Its content is plain text: nothing in it is ever read
 * as a control token. Whatever a model reads of a message is its content, also where it is the
 * definition, the call or the result of a tool: who judges contents judges all.
 *
 * @param role who says it: definitions and results of tools count as the person's, since whoever
 *     talks to the model may have written them; calls are the assistant's
 */
public record Message(Role role, String content, Kind kind) {

  public Message {
    if (kind instanceof Kind.Opening(CallFormat format) && !content.equals(format.prefill())) {
      throw new IllegalArgumentException("what opens a call is the format's and nobody else's");
    }
  }

  /** Words. */
  public Message(Role role, String content) {
    this(role, content, Kind.WORDS);
  }

  /** What a message is. */
  public sealed interface Kind {

    /** What is said. */
    Kind WORDS = new Words();

    record Words() implements Kind {}

    /**
     * Tools that the assistant may call: a JSON list of objects with {@code type} and {@code
     * function}, the latter with {@code name}, {@code description} and {@code parameters}.
     */
    record Definitions() implements Kind {}

    /** A call of a tool: a JSON object with {@code name} and {@code arguments}. */
    record Call() implements Kind {}

    /**
     * What a tool answered.
     *
     * @param tool its name
     * @param call which of the conversation's calls it answers, from 0
     */
    record Result(String tool, int call) implements Kind {}

    /** The mark that opens a call in a format: the reply goes on with the call itself. */
    record Opening(CallFormat format) implements Kind {}
  }

  public static Message system(String content) {
    return new Message(Role.SYSTEM, content);
  }

  public static Message user(String content) {
    return new Message(Role.USER, content);
  }

  public static Message assistant(String content) {
    return new Message(Role.ASSISTANT, content);
  }

  /**
   * Tools that may be called.
   *
   * @param json see {@link Kind.Definitions}
   */
  public static Message tools(String json) {
    return new Message(Role.USER, json, new Kind.Definitions());
  }

  /**
   * A call of a tool.
   *
   * @param name of letters, figures, underscores and hyphens
   * @param arguments a JSON object
   */
  public static Message call(String name, String arguments) {
    return new Message(
        Role.ASSISTANT,
        "{\"name\": \"%s\", \"arguments\": %s}".formatted(name, arguments),
        new Kind.Call());
  }

  /** What a tool answered; see {@link Kind.Result}. */
  public static Message result(String tool, int call, String content) {
    return new Message(Role.USER, content, new Kind.Result(tool, call));
  }

  /** The mark after which the assistant can only call a tool. */
  public static Message opening(CallFormat format) {
    return new Message(Role.ASSISTANT, format.prefill(), new Kind.Opening(format));
  }

  /** The same with other words. */
  public Message saying(String other) {
    return other.equals(content) ? this : new Message(role, other, kind);
  }

  /** Whether it is what somebody said, and not a tool's matter. */
  public boolean isWords() {
    return kind instanceof Kind.Words;
  }

  /** Whether its content is JSON that the chat template takes apart. */
  public boolean isJson() {
    return kind instanceof Kind.Definitions || kind instanceof Kind.Call;
  }
}
