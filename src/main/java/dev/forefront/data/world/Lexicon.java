package dev.forefront.data.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The world's words by category; those held out stand in exams only. */
final class Lexicon {

  /** A word and, in tables, its properties. */
  record Word(String text, List<String> properties) {}

  private final Map<String, List<Word>> known = new HashMap<>();
  private final Map<String, List<Word>> heldOut = new HashMap<>();

  private Lexicon() {}

  static Lexicon read() {
    Lexicon lexicon = new Lexicon();
    for (Map.Entry<String, JsonNode> category : WorldFiles.read("lexicon.yaml").properties()) {
      String name = category.getKey();
      JsonNode words = category.getValue();
      if (words.isObject()) {
        List<Word> rows = new ArrayList<>();
        words
            .properties()
            .forEach(
                row -> rows.add(new Word(row.getKey(), split(row.getValue().asString(), ","))));
        lexicon.known.put(name, rows);
        lexicon.heldOut.put(name, List.of());
      } else {
        String[] parts = words.asString().split("\\|", 2);
        lexicon.known.put(name, list(parts[0]));
        lexicon.heldOut.put(name, parts.length > 1 ? list(parts[1]) : List.of());
      }
    }
    return lexicon;
  }

  boolean has(String category) {
    return known.containsKey(category);
  }

  List<Word> known(String category) {
    return require(known, category);
  }

  List<Word> heldOut(String category) {
    return require(heldOut, category);
  }

  private static List<Word> require(Map<String, List<Word>> words, String category) {
    List<Word> list = words.get(category);
    if (list == null) {
      throw new IllegalStateException("no category " + category + " in lexicon.yaml");
    }
    return list;
  }

  /** Lists with commas have phrases, others single words. */
  private static List<Word> list(String text) {
    return split(text, text.contains(",") ? "," : "\\s").stream()
        .map(word -> new Word(word, List.of()))
        .toList();
  }

  private static List<String> split(String text, String by) {
    return Arrays.stream(text.split(by)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
