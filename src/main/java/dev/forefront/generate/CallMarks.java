package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.CallFormat;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a model calls tools.
 *
 * @param marks spellings by id of the control tokens that stand before and after its calls
 */
record CallMarks(Optional<CallFormat> format, Map<Integer, String> marks) {

  CallMarks {
    marks = Map.copyOf(marks);
  }

  /**
   * @param template may throw where there is none
   */
  static CallMarks of(Supplier<ChatTemplate> template, Tokenizer tokenizer) {
    Optional<CallFormat> format = format(template);
    Map<Integer, String> marks = new HashMap<>();
    for (String mark : format.map(CallFormat::marks).orElseGet(List::of)) {
      tokenizer.specialId(mark).ifPresent(id -> marks.put(id, mark));
    }
    return new CallMarks(format, marks);
  }

  private static Optional<CallFormat> format(Supplier<ChatTemplate> template) {
    try {
      return template.get().callFormat();
    } catch (BadInputException plainTextOnly) {
      return Optional.empty();
    }
  }
}
