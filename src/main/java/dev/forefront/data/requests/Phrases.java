package dev.forefront.data.requests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Fills in phrases: {@code [a|b]} is one of several, {@code {name}} one of a list, whose items may
 * be phrases too.
 */
final class Phrases {
  private static final Pattern CHOICE = Pattern.compile("\\[([^\\[\\]]*)]");
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern ARTICLE = Pattern.compile("\\b([Aa]) (?=[aeioAEIO])");
  private static final Pattern DOUBLING = Pattern.compile("[^aeiou]*[aeiou][bdgmnprt]");

  private final Map<String, List<String>> lists;

  Phrases(Map<String, List<String>> lists) {
    this.lists = lists;
  }

  /** What a file of phrases that ships with Forefront holds. */
  static JsonNode file(String name, String format) {
    try (@Nullable InputStream stream = Phrases.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the resource " + name + " is missing from this build");
      }
      JsonNode root = YAMLMapper.shared().readTree(stream.readAllBytes());
      if (!root.path("format").asString("").equals(format)) {
        throw new IllegalStateException(name + " does not have the format " + format);
      }
      return root;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  static Map<String, List<String>> lists(JsonNode node) {
    Map<String, List<String>> lists = new HashMap<>();
    for (Map.Entry<String, JsonNode> list : node.properties()) {
      lists.put(list.getKey(), strings(list.getValue()));
    }
    return lists;
  }

  static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  /** These and one more list. */
  Phrases with(String name, List<String> list) {
    Map<String, List<String>> more = new HashMap<>(lists);
    more.put(name, list);
    return new Phrases(more);
  }

  String write(String phrase, SplittableRandom random) {
    String text = phrase;
    while (text.contains("[") || text.contains("{")) {
      text = fill(text, random);
    }
    return ARTICLE.matcher(SPACES.matcher(text).replaceAll(" ").strip()).replaceAll("$1n ");
  }

  private String fill(String phrase, SplittableRandom random) {
    String chosen =
        CHOICE
            .matcher(phrase)
            .replaceAll(
                choice ->
                    Matcher.quoteReplacement(
                        pick(List.of(choice.group(1).split("\\|", -1)), random)));
    return SLOT.matcher(chosen)
        .replaceAll(slot -> Matcher.quoteReplacement(pick(list(slot.group(1)), random)));
  }

  /** In how many ways a phrase can be written. */
  double ways(String phrase) {
    double ways = 1;
    Matcher choice = CHOICE.matcher(phrase);
    while (choice.find()) {
      ways *= choice.group(1).split("\\|", -1).length;
    }
    Matcher slot = SLOT.matcher(phrase);
    while (slot.find()) {
      ways *= list(slot.group(1)).stream().mapToDouble(this::ways).sum();
    }
    return ways;
  }

  /** A phrase of many ways is written more often, but not as often as it has ways. */
  double weight(String phrase) {
    return Math.pow(ways(phrase), 0.35);
  }

  private List<String> list(String name) {
    List<String> list = lists.get(name);
    if (list == null) {
      throw new IllegalStateException(
          "a phrase names the list \"" + name + "\", which is not there");
    }
    return list;
  }

  static <T> T pick(List<T> list, SplittableRandom random) {
    return list.get(random.nextInt(list.size()));
  }

  /** "steal a car" as "stealing a car". */
  static String doing(String act) {
    int space = act.indexOf(' ');
    String verb = space < 0 ? act : act.substring(0, space);
    String rest = space < 0 ? "" : act.substring(space);
    if (verb.endsWith("ie")) {
      return verb.substring(0, verb.length() - 2) + "ying" + rest;
    }
    if (verb.endsWith("e") && !verb.endsWith("ee") && verb.length() > 2) {
      return verb.substring(0, verb.length() - 1) + "ing" + rest;
    }
    if (DOUBLING.matcher(verb).matches()) {
      return verb + verb.charAt(verb.length() - 1) + "ing" + rest;
    }
    return verb + "ing" + rest;
  }

  static String capitalized(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
