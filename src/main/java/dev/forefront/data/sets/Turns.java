package dev.forefront.data.sets;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds conversations that a model can learn from: the user begins, the assistant ends. */
final class Turns {
  private final List<Message> messages = new ArrayList<>();

  /** Adds what somebody said; two turns of one speaker in a row become one. */
  Turns add(Role role, String text) {
    String said = text.strip();
    if (said.isEmpty() || messages.isEmpty() && role != Role.USER) {
      return this;
    }
    if (!messages.isEmpty() && messages.getLast().role() == role) {
      said = messages.removeLast().content() + " " + said;
    }
    messages.add(new Message(role, said));
    return this;
  }

  /** The conversation up to the assistant's last turn, or nothing where it never spoke. */
  Optional<Conversation> conversation() {
    List<Message> whole = new ArrayList<>(messages);
    while (!whole.isEmpty() && whole.getLast().role() != Role.ASSISTANT) {
      whole.removeLast();
    }
    return whole.isEmpty() ? Optional.empty() : Optional.of(new Conversation(whole));
  }

  /** Speakers take turns; the first is the user. */
  static Optional<Conversation> alternating(List<String> texts) {
    Turns turns = new Turns();
    for (int i = 0; i < texts.size(); i++) {
      turns.add(i % 2 == 0 ? Role.USER : Role.ASSISTANT, texts.get(i));
    }
    return turns.conversation();
  }

  /** A question and its answer. */
  static Optional<Conversation> exchange(String question, String answer) {
    return alternating(List.of(question, answer));
  }
}
