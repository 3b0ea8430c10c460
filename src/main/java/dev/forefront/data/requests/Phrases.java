package dev.forefront.data.requests;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills in phrases: {@code [a|b]} is one of several, {@code {name}} one of a list. */
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

  String write(String phrase, SplittableRandom random) {
    String chosen =
        CHOICE
            .matcher(phrase)
            .replaceAll(
                choice ->
                    Matcher.quoteReplacement(
                        pick(List.of(choice.group(1).split("\\|", -1)), random)));
    String filled =
        SLOT.matcher(chosen)
            .replaceAll(slot -> Matcher.quoteReplacement(pick(list(slot.group(1)), random)));
    return ARTICLE.matcher(SPACES.matcher(filled).replaceAll(" ").strip()).replaceAll("$1n ");
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
      ways *= list(slot.group(1)).size();
    }
    return ways;
  }

  private List<String> list(String name) {
    List<String> list = lists.get(name);
    if (list == null) {
      throw new IllegalStateException("requests.yaml has no list \"" + name + "\"");
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
