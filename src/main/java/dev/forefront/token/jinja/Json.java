package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code tojson} of the hubs: Python's {@code json.dumps}, with letters left as they are. */
final class Json {
  static final List<String> PARAMETERS =
      List.of("ensure_ascii", "indent", "separators", "sort_keys");

  private final Budget budget;
  private final Writing out;
  private final boolean ascii;
  private final boolean sorted;
  private final @Nullable Text indent;
  private final Text comma;
  private final Text colon;

  private Json(Bound given, Budget budget) {
    this.budget = budget;
    out = new Writing(budget);
    ascii = given.flag("ensure_ascii");
    sorted = given.flag("sort_keys");
    indent = indent(given, budget);
    if (given.has("separators")) {
      List<Object> two = Values.list(given.need("separators"), budget);
      if (two.size() != 2
          || !(two.getFirst() instanceof Text first)
          || !(two.getLast() instanceof Text last)) {
        throw TemplateException.broken("the separators of tojson are two texts");
      }
      comma = first;
      colon = last;
    } else {
      comma = Text.of(indent == null ? ", " : ",");
      colon = Text.of(": ");
    }
  }

  private static @Nullable Text indent(Bound given, Budget budget) {
    if (!given.has("indent")) {
      return null;
    }
    return given.need("indent") instanceof Text text
        ? text
        : new Writing(budget).repeat(Text.of(" "), given.integer("indent")).text();
  }

  static Text of(Object value, Bound given, Budget budget) {
    Json json = new Json(given, budget);
    json.write(value, 0);
    return json.out.text();
  }

  private void write(Object value, int depth) {
    budget.step();
    switch (value) {
      case None none -> out.add("null");
      case Boolean truth -> out.add(truth ? "true" : "false");
      case Text text -> quote(text);
      case Double number -> out.add(number(number));
      case Number number -> out.add(number.toString());
      case Items items -> list(items.list(), depth);
      case Tuple tuple -> list(tuple.list(), depth);
      case Dict dict -> dict(dict.map(), depth);
      default ->
          throw TemplateException.broken(
              "Object of type %s is not JSON serializable", Values.typeName(value));
    }
  }

  private static String number(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "Infinity" : "-Infinity";
    }
    return Python.number(number);
  }

  private void list(List<Object> list, int depth) {
    if (list.isEmpty()) {
      out.add("[]");
      return;
    }
    budget.enter();
    out.add("[");
    for (int i = 0; i < list.size(); i++) {
      begin(i, depth + 1);
      write(list.get(i), depth + 1);
    }
    line(depth);
    out.add("]");
    budget.leave();
  }

  private void dict(Map<Object, Object> map, int depth) {
    if (map.isEmpty()) {
      out.add("{}");
      return;
    }
    budget.enter();
    out.add("{");
    List<Object> keys = new ArrayList<>(map.keySet());
    if (sorted) {
      keys.sort((a, b) -> Operators.compare(a, b, budget));
    }
    for (int i = 0; i < keys.size(); i++) {
      Object key = keys.get(i);
      begin(i, depth + 1);
      if (key instanceof Text text) {
        quote(text);
      } else {
        out.add("\"");
        write(key, depth);
        out.add("\"");
      }
      out.add(colon);
      write(map.getOrDefault(key, None.NONE), depth + 1);
    }
    line(depth);
    out.add("}");
    budget.leave();
  }

  private void begin(int index, int depth) {
    if (index > 0) {
      out.add(comma);
    }
    line(depth);
  }

  private void line(int depth) {
    if (indent != null) {
      out.add("\n").repeat(indent, depth);
    }
  }

  /** Stretch by stretch, for most characters stand for themselves. */
  private void quote(Text text) {
    out.add("\"");
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.string().charAt(i);
      if (c == '"' || c == '\\' || c < ' ' || c >= 0x7F && ascii) {
        out.add(text.sub(from, i)).add(escape(c), text.marksAt(i));
        from = i + 1;
      }
    }
    out.add(text.from(from)).add("\"");
  }

  private String escape(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case 0x7F -> "\u007F";
      default -> String.format(Locale.ROOT, "\\u%04x", (int) c);
    };
  }
}
