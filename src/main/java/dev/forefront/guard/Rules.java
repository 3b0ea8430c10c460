package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The rules as a person writes them, in YAML.
 *
 * @param format always {@code forefront-rules-1}
 * @param lists named lists of terms
 * @param rules what to look for
 */
record Rules(String format, Map<String, List<String>> lists, List<Entry> rules) {

  /** How many words after its last one a rule with exceptions waits before it fires. */
  static final int AFTER = 4;

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /**
   * One rule.
   *
   * @param category S1..S14, an AILuminate key, or {@code unknown}
   * @param side {@code input}, {@code output} or {@code both} (when left out)
   * @param near how many words apart its groups may stand; 8 when left out
   * @param all groups of list names: one term of each group must be there
   * @param unless list names: no term of them may be near
   * @param score 0.95 when left out
   * @param why one sentence for the record
   */
  record Entry(
      String id,
      String category,
      @Nullable String side,
      @Nullable Integer near,
      List<List<String>> all,
      @Nullable List<String> unless,
      @Nullable Double score,
      String why) {}

  /**
   * Reads rules.
   *
   * @param origin names the text in errors
   * @throws BadInputException naming everything that is wrong at once
   */
  static RuleStage parse(byte[] yaml, String origin) {
    Rules rules;
    try {
      rules = YAML.readValue(yaml, Rules.class);
    } catch (JacksonException broken) {
      throw new BadInputException(
          origin + " is not a rules file: " + broken.getOriginalMessage(), broken);
    }
    List<String> problems = new ArrayList<>();
    RuleStage stage = rules.compile(problems);
    if (!problems.isEmpty()) {
      throw new BadInputException(origin + ": " + String.join("; ", problems));
    }
    return stage;
  }

  private RuleStage compile(List<String> problems) {
    if (!"forefront-rules-1".equals(format)) {
      problems.add("format must be forefront-rules-1");
    }
    Map<String, Integer> numbers = new HashMap<>();
    Terms terms = new Terms();
    new TreeMap<>(lists == null ? Map.of() : lists)
        .forEach(
            (name, members) -> {
              int number = numbers.size();
              numbers.put(name, number);
              addTerms(terms, name, members, number, problems);
            });
    List<Rule> compiled = new ArrayList<>();
    for (Entry entry : rules == null ? List.<Entry>of() : rules) {
      compiled.add(compile(entry, numbers, problems));
    }
    if (compiled.isEmpty()) {
      problems.add("there are no rules");
    }
    return new RuleStage(terms, numbers.size(), compiled);
  }

  private static void addTerms(
      Terms terms, String name, List<String> members, int number, List<String> problems) {
    for (String term : members) {
      try {
        terms.add(term, number);
      } catch (IllegalArgumentException wrong) {
        problems.add("list " + name + ": " + wrong.getMessage());
      }
    }
  }

  private static Rule compile(Entry entry, Map<String, Integer> numbers, List<String> problems) {
    String where = "rule " + entry.id();
    List<BitSet> groups = new ArrayList<>();
    for (List<String> group : entry.all() == null ? List.<List<String>>of() : entry.all()) {
      groups.add(listed(group, numbers, where, problems));
    }
    if (groups.isEmpty() || groups.stream().anyMatch(BitSet::isEmpty)) {
      problems.add(where + " needs \"all\": groups that each name a list");
    }
    BitSet unless =
        entry.unless() == null ? new BitSet() : listed(entry.unless(), numbers, where, problems);
    double score = entry.score() == null ? 0.95 : entry.score();
    int near = entry.near() == null ? 8 : entry.near();
    if (!(score > 0 && score <= 1) || near < 0 || near > 64) {
      problems.add(where + ": score must be in (0, 1] and near in 0..64");
    }
    String why = entry.why() == null ? "" : entry.why();
    return new Rule(
        String.valueOf(entry.id()),
        hazard(entry, where, problems),
        sides(entry, where, problems),
        near,
        groups,
        unless,
        score,
        why);
  }

  private static Hazard hazard(Entry entry, String where, List<String> problems) {
    try {
      return Hazard.named(String.valueOf(entry.category()));
    } catch (IllegalArgumentException wrong) {
      problems.add(where + ": " + wrong.getMessage());
      return Hazard.UNKNOWN;
    }
  }

  private static List<Side> sides(Entry entry, String where, List<String> problems) {
    return switch (entry.side() == null ? "both" : entry.side()) {
      case "both" -> List.of(Side.INPUT, Side.OUTPUT);
      case "input" -> List.of(Side.INPUT);
      case "output" -> List.of(Side.OUTPUT);
      default -> {
        problems.add(where + ": side is none of input, output, both");
        yield List.of();
      }
    };
  }

  private static BitSet listed(
      List<String> names, Map<String, Integer> numbers, String where, List<String> problems) {
    BitSet listed = new BitSet();
    for (String name : names) {
      Integer number = numbers.get(name);
      if (number == null) {
        problems.add(where + " names the list " + name + ", which is not there");
      } else {
        listed.set(number);
      }
    }
    return listed;
  }
}
