package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Filters.Filter;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Undefined;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that make texts. */
final class TextFilters {
  private static final Pattern WORD_BEGINS = Pattern.compile("[-\\s({\\[<]");
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern TAG = Pattern.compile("<!--.*?-->|<[^>]*>", Pattern.DOTALL);

  private TextFilters() {}

  static void add(Map<String, Filter> all) {
    changing(all, "upper", text -> text.toUpperCase(Locale.ROOT));
    changing(all, "lower", text -> text.toLowerCase(Locale.ROOT));
    changing(all, "capitalize", TextMethods::capitalized);
    changing(all, "title", TextFilters::title);
    changing(all, "striptags", TextFilters::withoutTags);
    Filters.put(all, "string", (value, given, budget) -> Printing.text(value, budget));
    Filters.put(all, "safe", (value, given, budget) -> Printing.text(value, budget));
    Filters.put(all, "escape", TextFilters::escaped);
    Filters.put(all, "e", TextFilters::escaped);
    Filters.put(all, "forceescape", TextFilters::escaped);
    Filters.put(all, "urlencode", TextFilters::urlEncoded);
    Filters.put(all, "trim", TextFilters::trimmed, "chars");
    Filters.put(all, "replace", TextFilters::replaced, "old", "new", "count");
    Filters.put(all, "indent", TextFilters::indented, "width", "first", "blank");
    Filters.put(all, "truncate", TextFilters::truncated, "length", "killwords", "end", "leeway");
    Filters.put(
        all,
        "center",
        (value, given, budget) ->
            TextMethods.justified(
                Printing.text(value, budget), given.integer("width", 80), Text.of(" "), 1, budget),
        "width");
    Filters.put(
        all,
        "wordcount",
        (value, given, budget) ->
            WORD.matcher(Printing.text(value, budget).string()).results().count());
    Filters.put(all, "tojson", Json::of, Json.PARAMETERS.toArray(String[]::new));
    all.put(
        "format",
        (rendering, value, arguments) ->
            Formats.percent(
                Printing.text(value, rendering.budget()),
                arguments.named().isEmpty()
                    ? Values.Tuple.of(arguments.positional())
                    : new Dict(keyed(arguments.named())),
                rendering.budget()));
    Filters.put(all, "default", TextFilters::otherwise, "default_value", "boolean");
    Filters.put(all, "d", TextFilters::otherwise, "default_value", "boolean");
    Filters.put(
        all,
        "attr",
        (value, given, budget) -> {
          String name = given.text("name").string();
          Object own = Attributes.own(value, name);
          return own != null ? own : new Undefined("there is no attribute '" + name + "'");
        },
        "name");
  }

  private static Map<Object, Object> keyed(Map<String, Object> named) {
    Map<Object, Object> entries = new LinkedHashMap<>();
    named.forEach((name, value) -> entries.put(Text.given(name), value));
    return entries;
  }

  private static void changing(Map<String, Filter> all, String name, UnaryOperator<String> change) {
    Filters.put(
        all,
        name,
        (value, given, budget) -> {
          Text text = Printing.text(value, budget);
          return text.become(change.apply(text.string()));
        });
  }

  private static Object otherwise(Object value, Bound given, Budget budget) {
    boolean missing = value instanceof Undefined || given.flag("boolean") && !Values.isTrue(value);
    return missing ? given.get("default_value", Text.EMPTY) : value;
  }

  private static Object trimmed(Object value, Bound given, Budget budget) {
    @Nullable String chars = given.has("chars") ? given.text("chars").string() : null;
    return Cutting.strip(Printing.text(value, budget), chars);
  }

  private static Object replaced(Object value, Bound given, Budget budget) {
    return Cutting.replace(
        Printing.text(value, budget),
        Printing.text(given.need("old"), budget),
        Printing.text(given.need("new"), budget),
        given.integer("count", -1),
        budget);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      String one = text.substring(i, i + 1);
      title.append(begins ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
      begins = WORD_BEGINS.matcher(one).matches();
    }
    return title.toString();
  }

  private static Object escaped(Object value, Bound given, Budget budget) {
    Text text = Printing.text(value, budget);
    Writing out = new Writing(budget);
    for (int i = 0; i < text.length(); i++) {
      String escape =
          switch (text.string().charAt(i)) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> "";
          };
      if (escape.isEmpty()) {
        out.add(text.sub(i, i + 1));
      } else {
        out.add(escape, text.marksAt(i));
      }
    }
    return out.text();
  }

  private static String withoutTags(String text) {
    String bare = TAG.matcher(text).replaceAll("");
    return String.join(" ", bare.strip().split("\\s+"))
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }

  private static Object urlEncoded(Object value, Bound given, Budget budget) {
    Text text = Printing.text(value, budget);
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.string().getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c < 128 && (Character.isLetterOrDigit(c) || "_.-~/".indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return text.become(encoded.toString());
  }

  private static Object indented(Object value, Bound given, Budget budget) {
    Text by =
        given.get("width") instanceof Text text
            ? text
            : new Writing(budget).repeat(Text.of(" "), given.integer("width", 4)).text();
    // Jinja2 adds a line end, so that one at the end is kept.
    Text text = new Writing(budget).add(Printing.text(value, budget)).add("\n").text();
    List<Object> lines = Cutting.lines(text, false, budget);
    Writing out = new Writing(budget);
    for (int i = 0; i < lines.size(); i++) {
      Text line = (Text) lines.get(i);
      boolean indents = i == 0 ? given.flag("first") : given.flag("blank") || !line.isEmpty();
      out.add(i == 0 ? "" : "\n").add(indents ? by : Text.EMPTY).add(line);
    }
    return out.text();
  }

  private static Object truncated(Object value, Bound given, Budget budget) {
    Text text = Printing.text(value, budget);
    Text end = given.text("end", "...");
    long length = given.integer("length", 255);
    if (Values.length(text, budget) <= length + given.integer("leeway", 5)) {
      return text;
    }
    long keep = Math.max(0, length - Values.length(end, budget));
    Text kept = text.sub(0, text.string().offsetByCodePoints(0, (int) keep));
    if (!given.flag("killwords")) {
      int space = kept.string().lastIndexOf(' ');
      kept = space < 0 ? kept : kept.sub(0, space);
    }
    return new Writing(budget).add(kept).add(end).text();
  }
}
