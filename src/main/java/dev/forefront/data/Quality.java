package dev.forefront.data;

import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why a document is nothing to learn from, if so. */
final class Quality {
  /** No word of any language is longer; what is, is an encoded file or a keyboard held down. */
  private static final int LONGEST_WORD = 400;

  private static final int FEW_LINES = 8;

  private Quality() {}

  /** What no corpus can use, whatever the settings. */
  static Optional<Drop> broken(Document document) {
    String text = document.wholeText();
    int controls = 0;
    int replaced = 0;
    boolean blank = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      blank &= Character.isWhitespace(c);
      controls += c == 0 || c < ' ' && !Character.isWhitespace(c) ? 1 : 0;
      replaced += c == '\uFFFD' ? 1 : 0;
    }
    if (blank) {
      return Optional.of(Drop.EMPTY);
    }
    if (controls * 1000L > text.length()) {
      return Optional.of(Drop.BINARY);
    }
    if (replaced * 1000L > text.length()) {
      return Optional.of(Drop.BROKEN_ENCODING);
    }
    return document instanceof Document.Dialogue dialogue
            && !speaksInTurns(dialogue.conversation().messages())
        ? Optional.of(Drop.MALFORMED_DIALOGUE)
        : Optional.empty();
  }

  /** What can be read but is no prose. */
  static Optional<Drop> poor(Document document) {
    String text = document.wholeText();
    int wordy = 0;
    int visible = 0;
    int run = 0;
    int longest = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = Character.isWhitespace(c);
      visible += space ? 0 : 1;
      wordy += Character.isLetterOrDigit(c) || Character.isSurrogate(c) ? 1 : 0;
      run = space ? 0 : run + 1;
      longest = Math.max(longest, run);
    }
    if (wordy * 2 < visible || longest > LONGEST_WORD) {
      return Optional.of(Drop.NOT_PROSE);
    }
    return repeats(text) ? Optional.of(Drop.REPETITIVE) : Optional.empty();
  }

  /** Whether one line makes up a third of many. */
  private static boolean repeats(String text) {
    Map<String, Integer> counts = new HashMap<>();
    int lines = 0;
    int most = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (!line.isBlank()) {
        lines++;
        most = Math.max(most, counts.merge(line.strip(), 1, Integer::sum));
      }
    }
    return lines >= FEW_LINES && most * 3 > lines;
  }

  private static boolean speaksInTurns(List<Message> messages) {
    boolean answered = false;
    Role last = Role.SYSTEM;
    for (Message message : messages) {
      if (message.content().isBlank()
          || message.role() == last && last != Role.SYSTEM
          || message.role() == Role.SYSTEM && last != Role.SYSTEM) {
        return false;
      }
      answered |= message.role() == Role.ASSISTANT;
      last = message.role();
    }
    return answered;
  }
}
