package dev.forefront.conversation;

import dev.forefront.conversation.Message.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** Whether tools may be called in the reply. */
  public boolean hasTools() {
    return messages.stream().anyMatch(message -> message.kind() instanceof Kind.Definitions);
  }

  /** Whether tools are spoken of: a model without a template for them cannot read it. */
  public boolean speaksOfTools() {
    return messages.stream().anyMatch(message -> !message.isWords());
  }

  /** The format whose mark the reply goes on from, where it has to be a call. */
  public Optional<CallFormat> opened() {
    return isBegun() && messages.getLast().kind() instanceof Kind.Opening(CallFormat format)
        ? Optional.of(format)
        : Optional.empty();
  }

  /** What a reply answers: everything but a reply that is begun. */
  public Conversation asked() {
    return isBegun() ? new Conversation(messages.subList(0, messages.size() - 1)) : this;
  }
}
