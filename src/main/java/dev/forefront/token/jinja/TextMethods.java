package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Items;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Python's methods of texts. */
final class TextMethods {
  private static final Map<String, Method> ALL = methods();

  private TextMethods() {}

  private record Method(String name, List<String> parameters, Work work) {}

  @FunctionalInterface
  private interface Work {
    Object of(Text text, Bound given, Budget budget);
  }

  static @Nullable Callable of(Text text, String name) {
    if (name.equals("format")) {
      return (rendering, arguments) -> Formats.braces(text, arguments, rendering.budget());
    }
    Method method = ALL.get(name);
    return method == null
        ? null
        : (rendering, arguments) ->
            method.work().of(text, arguments.bind(name, method.parameters()), rendering.budget());
  }

  private static Map<String, Method> methods() {
    Map<String, Method> all = new HashMap<>();
    changing(all, "upper", text -> text.toUpperCase(Locale.ROOT));
    changing(all, "lower", text -> text.toLowerCase(Locale.ROOT));
    changing(all, "casefold", text -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
    changing(all, "title", TextMethods::title);
    changing(all, "capitalize", TextMethods::capitalized);
    changing(all, "swapcase", TextMethods::swapped);
    add(all, "strip", (t, g, b) -> Cutting.strip(t, chars(g)), "chars");
    add(all, "lstrip", (t, g, b) -> Cutting.stripLeft(t, chars(g)), "chars");
    add(all, "rstrip", (t, g, b) -> Cutting.stripRight(t, chars(g)), "chars");
    add(all, "split", (t, g, b) -> new Items(Cutting.split(t, g, b)), "sep", "maxsplit");
    add(all, "rsplit", (t, g, b) -> new Items(Cutting.splitRight(t, g, b)), "sep", "maxsplit");
    add(
        all,
        "splitlines",
        (t, g, b) -> new Items(Cutting.lines(t, g.flag("keepends"), b)),
        "keepends");
    add(all, "partition", (t, g, b) -> Cutting.part(t, g.text("sep"), b), "sep");
    add(all, "rpartition", (t, g, b) -> Cutting.partRight(t, g.text("sep"), b), "sep");
    add(all, "startswith", (t, g, b) -> any(g, b, t.string()::startsWith), "affix");
    add(all, "endswith", (t, g, b) -> any(g, b, t.string()::endsWith), "affix");
    add(
        all,
        "removeprefix",
        (t, g, b) ->
            t.string().startsWith(g.text("prefix").string())
                ? t.from(g.text("prefix").length())
                : t,
        "prefix");
    add(
        all,
        "removesuffix",
        (t, g, b) ->
            t.string().endsWith(g.text("suffix").string())
                ? t.sub(0, t.length() - g.text("suffix").length())
                : t,
        "suffix");
    add(all, "find", (t, g, b) -> found(t, Cutting.find(t, g.text("sub"), b)), "sub");
    add(all, "rfind", (t, g, b) -> found(t, Cutting.findLast(t, g.text("sub"), b)), "sub");
    add(all, "index", (t, g, b) -> must(t, Cutting.find(t, g.text("sub"), b)), "sub");
    add(all, "rindex", (t, g, b) -> must(t, Cutting.findLast(t, g.text("sub"), b)), "sub");
    add(all, "count", (t, g, b) -> Cutting.count(t, g.text("sub"), b), "sub");
    add(
        all,
        "replace",
        (t, g, b) -> Cutting.replace(t, g.text("old"), g.text("new"), g.integer("count", -1), b),
        "old",
        "new",
        "count");
    add(all, "join", TextMethods::joined, "iterable");
    add(all, "zfill", (t, g, b) -> filledWithZeros(t, g.integer("width"), b), "width");
    add(all, "ljust", (t, g, b) -> justified(t, g, b, 0), "width", "fillchar");
    add(all, "rjust", (t, g, b) -> justified(t, g, b, 2), "width", "fillchar");
    add(all, "center", (t, g, b) -> justified(t, g, b, 1), "width", "fillchar");
    asking(all, "isdigit", each(Character::isDigit));
    asking(all, "isdecimal", each(Character::isDigit));
    asking(all, "isnumeric", each(Character::isDigit));
    asking(all, "isalpha", each(Character::isLetter));
    asking(all, "isalnum", each(Character::isLetterOrDigit));
    asking(all, "isspace", each(c -> c < 0x10000 && Python.isSpace((char) c)));
    asking(all, "isascii", text -> text.chars().allMatch(c -> c < 128));
    asking(all, "isupper", TextMethods::isUpper);
    asking(all, "islower", TextMethods::isLower);
    return Map.copyOf(all);
  }

  private static void add(Map<String, Method> all, String name, Work work, String... parameters) {
    all.put(name, new Method(name, List.of(parameters), work));
  }

  private static void changing(Map<String, Method> all, String name, UnaryOperator<String> change) {
    add(all, name, (text, given, budget) -> text.become(change.apply(text.string())));
  }

  private static void asking(Map<String, Method> all, String name, Predicate<String> asked) {
    add(all, name, (text, given, budget) -> asked.test(text.string()));
  }

  private static Predicate<String> each(IntPredicate asked) {
    return text -> !text.isEmpty() && text.codePoints().allMatch(asked);
  }

  private static @Nullable String chars(Bound given) {
    return given.has("chars") ? given.text("chars").string() : null;
  }

  /** A letter after none is large, the others are small. */
  static String title(String text) {
    StringBuilder title = new StringBuilder();
    int[] before = {' '};
    text.codePoints()
        .forEach(
            c -> {
              title.appendCodePoint(
                  Character.isLetter(before[0])
                      ? Character.toLowerCase(c)
                      : Character.toTitleCase(c));
              before[0] = c;
            });
    return title.toString();
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return Character.toString(Character.toTitleCase(first))
        + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
  }

  private static String swapped(String text) {
    StringBuilder swapped = new StringBuilder();
    text.codePoints()
        .forEach(
            c ->
                swapped.appendCodePoint(
                    Character.isUpperCase(c)
                        ? Character.toLowerCase(c)
                        : Character.toUpperCase(c)));
    return swapped.toString();
  }

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(Character::isLowerCase);
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(Character::isUpperCase);
  }

  /** Whether one text, or one of several, fits. */
  private static boolean any(Bound given, Budget budget, Predicate<String> fits) {
    Object affix = given.need("affix");
    List<Object> all = affix instanceof Values.Tuple tuple ? tuple.list() : List.of(affix);
    for (Object one : all) {
      if (!(one instanceof Text text)) {
        throw TemplateException.broken(
            "%s wants a text or a tuple of texts, not a %s", given.callee(), Values.typeName(one));
      }
      budget.steps(text.length() / 64);
      if (fits.test(text.string())) {
        return true;
      }
    }
    return false;
  }

  private static long found(Text text, int at) {
    return at < 0 ? -1 : text.string().codePointCount(0, at);
  }

  private static long must(Text text, int at) {
    if (at < 0) {
      throw TemplateException.broken("substring not found");
    }
    return found(text, at);
  }

  private static Object joined(Text between, Bound given, Budget budget) {
    Writing joined = new Writing(budget);
    boolean first = true;
    for (Object part : Values.list(given.need("iterable"), budget)) {
      if (!(part instanceof Text text)) {
        throw TemplateException.broken("join wants texts, not a %s", Values.typeName(part));
      }
      joined.add(first ? Text.EMPTY : between).add(text);
      first = false;
    }
    return joined.text();
  }

  private static Object filledWithZeros(Text text, long width, Budget budget) {
    int sign = !text.isEmpty() && "+-".indexOf(text.string().charAt(0)) >= 0 ? 1 : 0;
    return new Writing(budget)
        .add(text.sub(0, sign))
        .repeat(Text.of("0"), width - Values.length(text, budget))
        .add(text.from(sign))
        .text();
  }

  /**
   * @param place 0 for left, 1 for the middle, 2 for right
   */
  private static Object justified(Text text, Bound given, Budget budget, int place) {
    return justified(text, given.integer("width"), given.text("fillchar", " "), place, budget);
  }

  static Text justified(Text text, long width, Text filling, int place, Budget budget) {
    long missing = Math.max(0, width - Values.length(text, budget));
    long before =
        switch (place) {
          case 0 -> 0;
          case 1 -> missing / 2 + (missing & width & 1);
          default -> missing;
        };
    return new Writing(budget)
        .repeat(filling, before)
        .add(text)
        .repeat(filling, missing - before)
        .text();
  }
}
