package dev.forefront.conversation;

/** One turn. Its content is plain text: nothing in it is ever read as a control token. */
public record Message(Role role, String content) {

  public static Message system(String content) {
    return new Message(Role.SYSTEM, content);
  }

  public static Message user(String content) {
    return new Message(Role.USER, content);
  }

  public static Message assistant(String content) {
    return new Message(Role.ASSISTANT, content);
  }
}
