package dev.forefront.conversation;

import java.util.ArrayList;
import java.util.List;

/** Messages in order. A trailing assistant message is a beginning that the model continues. */
public record Conversation(List<Message> messages) {

  public Conversation {
    messages = List.copyOf(messages);
  }

  public static Conversation of(Message... messages) {
    return new Conversation(List.of(messages));
  }

  public Conversation plus(Message message) {
    List<Message> longer = new ArrayList<>(messages);
    longer.add(message);
    return new Conversation(longer);
  }
}
