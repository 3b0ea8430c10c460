package dev.forefront.data;

import dev.forefront.data.Sensitive.Found;
import dev.forefront.data.Sensitive.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Replaces what {@link Sensitive} finds by marks such as {@code [email]}. */
final class Redactor {

  private final Map<Kind, Long> found = new EnumMap<>(Kind.class);

  /** The text with marks in the place of what was found. */
  String redact(String text) {
    List<Found> hits = Sensitive.find(text);
    if (hits.isEmpty()) {
      return text;
    }
    StringBuilder redacted = new StringBuilder(text.length());
    int copied = 0;
    for (Found hit : hits) {
      redacted.append(text, copied, hit.from()).append('[').append(hit.kind().title()).append(']');
      copied = hit.to();
      found.merge(hit.kind(), 1L, Long::sum);
    }
    return redacted.append(text, copied, text.length()).toString();
  }

  /** How many of each kind were replaced so far. */
  Map<Kind, Long> found() {
    return found;
  }
}
