package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A conversation as a guard model's template expects it: a person and an assistant in turn, and in
 * none of their words a mark by which the template parts them from the rest.
 */
final class Exchange {
  /** What a template that begins with a person sees where nobody knows what the person said. */
  static final Message BEFORE = Message.user("\u2026");

  private static final int MOST_PASSES = 8;

  private final List<Pattern> marks;

  Exchange(List<String> marks) {
    this.marks =
        marks.stream()
            .map(
                mark ->
                    Pattern.compile(
                        Pattern.quote(mark.strip()),
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE))
            .toList();
  }

  /**
   * What is judged of a conversation; empty where nobody said anything. The operator's words are
   * read as the person's: who may write them is not known here, and the model obeys them.
   */
  List<Message> of(Conversation conversation) {
    List<Message> turns = new ArrayList<>();
    for (Message message : conversation.messages()) {
      if (message.content().isBlank()) {
        continue;
      }
      Role role = message.role() == Role.ASSISTANT ? Role.ASSISTANT : Role.USER;
      if (!turns.isEmpty() && turns.getLast().role() == role) {
        Message before = turns.removeLast();
        turns.add(new Message(role, before.content() + "\n\n" + message.content()));
      } else {
        turns.add(new Message(role, message.content()));
      }
    }
    if (!turns.isEmpty() && turns.getFirst().role() == Role.ASSISTANT) {
      turns.addFirst(BEFORE);
    }
    return turns.stream()
        .map(turn -> new Message(turn.role(), withoutMarks(turn.content())))
        .toList();
  }

  /** The same text, with a gap in each mark. */
  private String withoutMarks(String text) {
    String parted = text;
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      String before = parted;
      for (Pattern mark : marks) {
        parted =
            mark.matcher(parted).replaceAll(found -> Matcher.quoteReplacement(part(found.group())));
      }
      if (parted.equals(before)) {
        return parted;
      }
    }
    // Marks that make each other: nobody writes such a description by accident.
    throw new IllegalStateException("the marks of the guard model cannot be taken apart");
  }

  private static String part(String mark) {
    int first = mark.offsetByCodePoints(0, 1);
    return mark.substring(0, first) + " " + mark.substring(first);
  }
}
