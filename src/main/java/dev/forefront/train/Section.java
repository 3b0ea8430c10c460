package dev.forefront.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mapping of a recipe key by key. Nothing is thrown: what is wrong is noted with its line
 * and the fallback stands in, so that all problems show at once. Call {@link #end} last: keys that
 * nobody read are unknown ones. Each key is read together with a few words about it: who reads an
 * empty recipe hears of every key, which is how the reference page comes about.
 */
final class Section {
  private final String path;
  private final int line;
  private final Map<String, YamlNode> entries;
  private final Problems problems;
  private final Consumer<RecipeKey> listener;
  private final Set<String> known = new TreeSet<>();

  private Section(
      String path,
      int line,
      Map<String, YamlNode> entries,
      Problems problems,
      Consumer<RecipeKey> listener) {
    this.path = path;
    this.line = line;
    this.entries = entries;
    this.problems = problems;
    this.listener = listener;
  }

  /**
   * @param listener hears of every key that is asked for
   */
  static Section of(String path, YamlNode node, Problems problems, Consumer<RecipeKey> listener) {
    return switch (node) {
      case YamlNode.Mapping mapping ->
          new Section(path, mapping.line(), mapping.entries(), problems, listener);
      case YamlNode.Nothing nothing ->
          new Section(path, nothing.line(), Map.of(), problems, listener);
      case YamlNode.Sequence _, YamlNode.Scalar _ -> {
        problems.add(node.line(), (path.isEmpty() ? "it" : path) + " must hold keys and values");
        yield new Section(path, node.line(), Map.of(), problems, listener);
      }
    };
  }

  /** Its own place in the recipe, such as {@code pretrain.schedule}. */
  String path() {
    return path;
  }

  Section section(String key) {
    known.add(key);
    return of(name(key), entries.getOrDefault(key, new YamlNode.Nothing(line)), problems, listener);
  }

  /** Whether somebody gave the key. */
  boolean has(String key) {
    return entries.containsKey(key);
  }

  int integer(String key, int fallback, int least, int most, String about) {
    return Math.toIntExact(whole(key, fallback, least, most, about));
  }

  long whole(String key, long fallback, long least, long most, String about) {
    return value(
        key,
        fallback,
        about,
        "a whole number from %,d to %,d".formatted(least, most),
        text -> {
          long number = Long.parseLong(text.replace("_", ""));
          return number >= least && number <= most ? number : null;
        });
  }

  double real(String key, double fallback, double least, double most, String about) {
    return value(
        key,
        fallback,
        about,
        "a number from %s to %s".formatted(plain(least), plain(most)),
        text -> {
          double number = Double.parseDouble(text);
          return number >= least && number <= most ? number : null;
        });
  }

  boolean truth(String key, boolean fallback, String about) {
    return value(
        key,
        fallback,
        about,
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  /** A word of letters, digits, dots, dashes and underscores. */
  String word(String key, String fallback, String about) {
    return value(
        key,
        fallback,
        about,
        "a name of letters, digits, dots, dashes and underscores",
        text -> text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}") ? text : null);
  }

  /** A file's place. */
  String file(String key, String fallback, String about) {
    return value(key, fallback, about, "a file", text -> text.isBlank() ? null : text);
  }

  /** Some words. */
  String text(String key, String fallback, String about) {
    return value(key, fallback, about, "some words", text -> text.isBlank() ? null : text);
  }

  <E extends Enum<E>> E choice(String key, E fallback, E[] all, String about) {
    return choice(key, fallback, all, about, Map.of());
  }

  /**
   * @param elsewhere what to say to names that are not offered, but known from elsewhere
   */
  <E extends Enum<E>> E choice(
      String key, E fallback, E[] all, String about, Map<String, String> elsewhere) {
    Map<String, E> names = new LinkedHashMap<>();
    for (E one : all) {
      names.put(one.toString(), one);
    }
    return value(
        key,
        fallback,
        about,
        "one of " + String.join(", ", names.keySet()),
        names::get,
        word ->
            elsewhere.containsKey(word)
                ? "; " + elsewhere.get(word)
                : nearest(word, names.keySet())
                    .map(near -> "; did you mean " + near + "?")
                    .orElse(""));
  }

  List<String> words(String key, List<String> fallback, String about) {
    listener.accept(new RecipeKey(path, key, "a list of texts", fallback.toString(), about));
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

  /** Whole numbers, none below 0. */
  List<Integer> integers(String key, List<Integer> fallback, String about) {
    listener.accept(
        new RecipeKey(path, key, "a list of whole numbers", fallback.toString(), about));
    List<Integer> numbers = new ArrayList<>();
    List<YamlNode> items = items(key);
    if (items == null) {
      return fallback;
    }
    for (YamlNode item : items) {
      if (item instanceof YamlNode.Scalar scalar && scalar.text().matches("\\d{1,9}")) {
        numbers.add(Integer.valueOf(scalar.text()));
      } else {
        problems.add(item.line(), name(key) + " must hold whole numbers, none below 0");
      }
    }
    return numbers;
  }

  /**
   * A list of mappings.
   *
   * @param shown the fallback in a word
   */
  <T> List<T> sections(
      String key, List<T> fallback, String shown, String about, Function<Section, T> read) {
    listener.accept(new RecipeKey(path, key, "a list of sections", shown, about));
    List<YamlNode> items = items(key);
    if (items == null) {
      return fallback;
    }
    List<T> all = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Section section = of("%s[%d]".formatted(name(key), i), items.get(i), problems, listener);
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

  private <T> T value(
      String key, T fallback, String about, String wanted, Function<String, @Nullable T> read) {
    return value(key, fallback, about, wanted, read, text -> "");
  }

  /**
   * @param hint ends the sentence about a value that cannot be read
   */
  private <T> T value(
      String key,
      T fallback,
      String about,
      String wanted,
      Function<String, @Nullable T> read,
      Function<String, String> hint) {
    listener.accept(new RecipeKey(path, key, wanted, shown(fallback), about));
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
      problem(
          node.line(),
          "%s must be %s, not %s%s"
              .formatted(name(key), wanted, scalar.text(), hint.apply(scalar.text())));
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
    problems.add(at, words);
  }

  private static String shown(Object value) {
    return value instanceof Double number ? plain(number) : value.toString();
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e9
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** Edits between two words, two swapped neighbours counting as one (optimal alignment). */
  private static int distance(String a, String b) {
    int[][] best = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          best[i][j] = i + j;
          continue;
        }
        int replaced = best[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        best[i][j] = Math.min(replaced, 1 + Math.min(best[i - 1][j], best[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best[i][j] = Math.min(best[i][j], best[i - 2][j - 2] + 1);
        }
      }
    }
    return best[a.length()][b.length()];
  }
}
