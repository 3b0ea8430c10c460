package dev.forefront.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mapping of a recipe key by key. Nothing is thrown: what is wrong is noted with its line
 * and the fallback stands in, so that all problems show at once. Call {@link #end} last: keys that
 * nobody read are unknown ones.
 */
final class Section {
  private final String path;
  private final int line;
  private final Map<String, YamlNode> entries;
  private final List<String> problems;
  private final Set<String> known = new TreeSet<>();

  private Section(String path, int line, Map<String, YamlNode> entries, List<String> problems) {
    this.path = path;
    this.line = line;
    this.entries = entries;
    this.problems = problems;
  }

  static Section of(String path, YamlNode node, List<String> problems) {
    return switch (node) {
      case YamlNode.Mapping mapping ->
          new Section(path, mapping.line(), mapping.entries(), problems);
      case YamlNode.Nothing nothing -> new Section(path, nothing.line(), Map.of(), problems);
      case YamlNode.Sequence sequence -> wrong(path, sequence.line(), problems);
      case YamlNode.Scalar scalar -> wrong(path, scalar.line(), problems);
    };
  }

  private static Section wrong(String path, int line, List<String> problems) {
    problems.add(
        "line %d: %s must hold keys and values".formatted(line, path.isEmpty() ? "it" : path));
    return new Section(path, line, Map.of(), problems);
  }

  Section section(String key) {
    known.add(key);
    return of(name(key), entries.getOrDefault(key, new YamlNode.Nothing(line)), problems);
  }

  int integer(String key, int fallback, int least, int most) {
    return Math.toIntExact(whole(key, fallback, least, most));
  }

  long whole(String key, long fallback, long least, long most) {
    return value(
        key,
        fallback,
        "a whole number from %,d to %,d".formatted(least, most),
        text -> {
          long number = Long.parseLong(text.replace("_", ""));
          return number >= least && number <= most ? number : null;
        });
  }

  double real(String key, double fallback, double least, double most) {
    return value(
        key,
        fallback,
        "a number from %s to %s".formatted(plain(least), plain(most)),
        text -> {
          double number = Double.parseDouble(text);
          return number >= least && number <= most ? number : null;
        });
  }

  boolean truth(String key, boolean fallback) {
    return value(
        key,
        fallback,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  /** A word of letters, digits, dots, dashes and underscores. */
  String word(String key, String fallback) {
    return value(
        key,
        fallback,
        "a name of letters, digits, dots, dashes and underscores",
        text -> text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}") ? text : null);
  }

  /** A file's place. */
  String file(String key, String fallback) {
    return value(key, fallback, "a file", text -> text.isBlank() ? null : text);
  }

  <E extends Enum<E>> E choice(String key, E fallback, E[] all) {
    Map<String, E> names = new LinkedHashMap<>();
    for (E one : all) {
      names.put(one.toString(), one);
    }
    return value(key, fallback, "one of " + String.join(", ", names.keySet()), names::get);
  }

  List<String> words(String key, List<String> fallback) {
    List<String> words = new ArrayList<>();
    List<YamlNode> items = items(key);
    if (items == null) {
      return fallback;
    }
    for (YamlNode item : items) {
      if (item instanceof YamlNode.Scalar scalar && !scalar.text().isBlank()) {
        words.add(scalar.text());
      } else {
        problem(item.line(), "%s must hold plain names".formatted(name(key)));
      }
    }
    return words;
  }

  /** A list of mappings. */
  <T> List<T> sections(String key, List<T> fallback, Function<Section, T> read) {
    List<YamlNode> items = items(key);
    if (items == null) {
      return fallback;
    }
    List<T> all = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Section section = of("%s[%d]".formatted(name(key), i), items.get(i), problems);
      all.add(read.apply(section));
      section.end();
    }
    return all;
  }

  /** A key that has no sensible default. */
  void require(String key) {
    if (!(entries.get(key) instanceof YamlNode.Scalar)) {
      problem(line, name(key) + " is missing");
    }
  }

  /** Notes a problem of the whole section unless {@code holds}. */
  void check(boolean holds, String problem) {
    if (!holds) {
      problem(line, problem);
    }
  }

  /** Complains about every key that nobody asked for. */
  void end() {
    entries.forEach(
        (key, node) -> {
          if (!known.contains(key)) {
            problem(
                node.line(),
                name(key)
                    + " is unknown"
                    + nearest(key, known)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; known here are " + String.join(", ", known)));
          }
        });
  }

  static Optional<String> nearest(String word, Set<String> candidates) {
    return candidates.stream()
        .filter(candidate -> distance(word, candidate) <= Math.max(1, (candidate.length() + 1) / 3))
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
  }

  private @Nullable List<YamlNode> items(String key) {
    known.add(key);
    return switch (entries.get(key)) {
      case null -> null;
      case YamlNode.Sequence sequence -> sequence.items();
      case YamlNode.Nothing nothing -> {
        problem(nothing.line(), name(key) + " has no value; write [] for an empty list");
        yield null;
      }
      case YamlNode node -> {
        problem(node.line(), name(key) + " must be a list");
        yield null;
      }
    };
  }

  private <T> T value(String key, T fallback, String wanted, Function<String, @Nullable T> read) {
    known.add(key);
    YamlNode node = entries.get(key);
    if (node == null) {
      return fallback;
    }
    if (node instanceof YamlNode.Scalar scalar) {
      T value = attempt(scalar.text(), read);
      if (value != null) {
        return value;
      }
      problem(node.line(), "%s must be %s, not %s".formatted(name(key), wanted, scalar.text()));
    } else {
      problem(node.line(), "%s must be %s".formatted(name(key), wanted));
    }
    return fallback;
  }

  private static <T> @Nullable T attempt(String text, Function<String, @Nullable T> read) {
    try {
      return read.apply(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void problem(int at, String words) {
    problems.add("line %d: %s".formatted(at, words));
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e9
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** Edits between two words (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
