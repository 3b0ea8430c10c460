package dev.forefront.release;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What hazards S1 to S14 of the MLCommons taxonomy, in Llama Guard's numbers, are called. */
final class Hazards {
  private static final List<String> TITLES =
      List.of(
          "violent crimes",
          "non-violent crimes",
          "sex-related crimes",
          "child sexual exploitation",
          "defamation",
          "specialised advice",
          "privacy",
          "intellectual property",
          "indiscriminate weapons",
          "hate",
          "suicide and self-harm",
          "sexual content",
          "elections",
          "code interpreter abuse");

  private static final SequencedMap<String, String> ALL = all();

  private Hazards() {}

  private static SequencedMap<String, String> all() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < TITLES.size(); i++) {
      all.put("S" + (i + 1), TITLES.get(i));
    }
    return Collections.unmodifiableSequencedMap(all);
  }

  /** Titles by number, in order. */
  static SequencedMap<String, String> titles() {
    return ALL;
  }
}
