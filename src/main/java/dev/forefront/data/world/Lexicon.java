package dev.forefront.data.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The world's words by category; the rare ones come seldom, those held out in exams only. */
final class Lexicon {

  private static final Set<String> COINED =
      Set.of("role", "adultRole", "place", "thing", "valuable", "food", "game");

  /** A word and, in tables, its properties. */
  record Word(String text, List<String> properties) {}

  private final Map<String, List<Word>> known = new HashMap<>();
  private final Map<String, List<Word>> rare = new HashMap<>();
  private final Map<String, List<Word>> heldOut = new HashMap<>();
  private final Names names;

  private Lexicon(JsonNode categories) {
    for (Map.Entry<String, JsonNode> category : categories.properties()) {
      String name = category.getKey();
      JsonNode words = category.getValue();
      if (words.isObject()) {
        put(name, rows(words), List.of(), List.of());
      } else {
        String[] parts = words.asString().split("\\|", 2);
        String[] training = parts[0].split("~", 2);
        put(name, list(training[0]), listAfter(training), listAfter(parts));
      }
    }
    names = new Names(peopleOf(List.of(known, rare, heldOut)));
  }

  static Lexicon read() {
    return new Lexicon(WorldFiles.read("lexicon.yaml"));
  }

  private void put(String category, List<Word> words, List<Word> seldom, List<Word> never) {
    known.put(category, words);
    rare.put(category, seldom);
    heldOut.put(category, never);
  }

  private static List<Word> rows(JsonNode table) {
    List<Word> rows = new ArrayList<>();
    table
        .properties()
        .forEach(row -> rows.add(new Word(row.getKey(), split(row.getValue().asString(), ","))));
    return rows;
  }

  private static List<Word> listAfter(String[] parts) {
    return parts.length > 1 ? list(parts[1]) : List.of();
  }

  private static Set<String> peopleOf(List<Map<String, List<Word>>> lists) {
    return lists.stream()
        .flatMap(words -> words.getOrDefault("person", List.of()).stream())
        .map(Word::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean has(String category) {
    return known.containsKey(category);
  }

  List<Word> known(String category) {
    return require(known, category);
  }

  List<Word> rare(String category) {
    return require(rare, category);
  }

  List<Word> heldOut(String category) {
    return require(heldOut, category);
  }

  /**
   * Whether new words may stand beside this category's: simple things of which some are held out.
   */
  boolean canCoin(String category) {
    return COINED.contains(category);
  }

  /**
   * A word that nobody has learnt by heart: the first half of one known word and the last half of
   * another. What a model can know of it is the place it stands in.
   */
  String coin(String category, SplittableRandom random) {
    List<Word> list = known(category);
    String coined;
    do {
      String head = list.get(random.nextInt(list.size())).text();
      String tail = list.get(random.nextInt(list.size())).text();
      coined = head.substring(0, (head.length() + 1) / 2) + tail.substring(tail.length() / 2);
    } while (coined.contains(" ") || heldOut(category).contains(new Word(coined, List.of())));
    return coined;
  }

  /** Made-up names that are none of the lexicon's. */
  Names names() {
    return names;
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
