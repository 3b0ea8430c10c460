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

  /** Whether the last message is the assistant's, and a reply goes on from there. */
  public boolean isBegun() {
    return !messages.isEmpty() && messages.getLast().role() == Role.ASSISTANT;
  }

  /** What a reply answers: everything but a reply that is begun. */
  public Conversation asked() {
    return isBegun() ? new Conversation(messages.subList(0, messages.size() - 1)) : this;
  }
}
