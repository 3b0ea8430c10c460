package dev.forefront.align;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import java.util.ArrayList;
import java.util.List;

/**
 * Conversations rendered for training: what the assistant says counts, its end of turn included.
 *
 * @param sequences each short enough for a row and with something to learn
 * @param shortened conversations cut after a reply because they were too long
 * @param dropped conversations whose first reply is already too long, or without a reply
 */
record Dialogues(List<Sequence> sequences, int shortened, int dropped) {
  Dialogues {
    sequences = List.copyOf(sequences);
  }

  /**
   * @param length places of a row
   */
  static Dialogues render(ChatTemplate template, List<Conversation> conversations, int length) {
    List<Sequence> sequences = new ArrayList<>();
    int shortened = 0;
    int dropped = 0;
    for (Conversation conversation : conversations) {
      int messages = throughLastReply(conversation, conversation.messages().size());
      boolean cut = false;
      Sequence sequence = sequence(template, conversation, messages);
      while (sequence.places() > length && messages > 0) {
        messages = throughLastReply(conversation, messages - 1);
        sequence = sequence(template, conversation, messages);
        cut = true;
      }
      if (sequence.labels() == 0) {
        dropped++;
      } else {
        sequences.add(sequence);
        shortened += cut ? 1 : 0;
      }
    }
    return new Dialogues(sequences, shortened, dropped);
  }

  /** Messages up to and with the last reply among the first {@code limit}; 0 where none is. */
  private static int throughLastReply(Conversation conversation, int limit) {
    int messages = limit;
    while (messages > 0 && conversation.messages().get(messages - 1).role() != Role.ASSISTANT) {
      messages--;
    }
    return messages;
  }

  private static Sequence sequence(ChatTemplate template, Conversation conversation, int messages) {
    if (messages == 0) {
      return new Sequence(new int[0], new boolean[0]);
    }
    List<Message> beginning = conversation.messages().subList(0, messages);
    var rendered = template.render(new Conversation(beginning), AddGenerationPrompt.NO);
    return new Sequence(rendered.ids(), rendered.assistantMask());
  }
}
