package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.Namespace;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Range;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import dev.forefront.token.jinja.Values.View;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values as Python prints them. */
final class Printing {
  private final Budget budget;
  private final Writing out;

  private Printing(Budget budget) {
    this.budget = budget;
    out = new Writing(budget);
  }

  /** What {@code str} gives. */
  static Text text(Object value, Budget budget) {
    if (value instanceof Text text) {
      return text;
    }
    Printing printing = new Printing(budget);
    printing.print(value);
    return printing.out.text();
  }

  /** What {@code repr} gives. */
  static Text repr(Object value, Budget budget) {
    Printing printing = new Printing(budget);
    printing.printQuoted(value);
    return printing.out.text();
  }

  private void print(Object value) {
    budget.step();
    switch (value) {
      case Text text -> out.add(text);
      case None none -> out.add("None");
      case Undefined missing -> {}
      case Boolean truth -> out.add(truth ? "True" : "False");
      case Double number -> out.add(Python.number(number));
      case Number number -> out.add(number.toString());
      case Items items -> entries("[", items.list(), "]");
      case Tuple tuple -> entries("(", tuple.list(), tuple.list().size() == 1 ? ",)" : ")");
      case Dict dict -> dict(dict.map());
      case View view -> {
        out.add(view.name()).add("(");
        entries("[", view.list(), "])");
      }
      case Range range -> {
        out.add("range(" + range.start() + ", " + range.stop());
        out.add(range.step() == 1 ? ")" : ", " + range.step() + ")");
      }
      case Namespace namespace -> {
        out.add("<Namespace ");
        Map<Object, Object> entries = new LinkedHashMap<>();
        namespace.attributes().forEach((name, entry) -> entries.put(Text.given(name), entry));
        dict(entries);
        out.add(">");
      }
      default -> out.add("<" + Values.typeName(value) + ">");
    }
  }

  private void printQuoted(Object value) {
    if (value instanceof Text text) {
      StringBuilder quoted = new StringBuilder();
      Python.quote(text.string(), quoted);
      out.add(quoted.toString(), text.allMarks());
    } else if (value instanceof Undefined) {
      out.add("Undefined");
    } else {
      print(value);
    }
  }

  private void entries(String begin, Collection<Object> entries, String end) {
    budget.enter();
    out.add(begin);
    String comma = "";
    for (Object entry : entries) {
      out.add(comma);
      printQuoted(entry);
      comma = ", ";
    }
    out.add(end);
    budget.leave();
  }

  private void dict(Map<Object, Object> map) {
    budget.enter();
    out.add("{");
    String comma = "";
    for (Map.Entry<Object, Object> entry : map.entrySet()) {
      out.add(comma);
      printQuoted(entry.getKey());
      out.add(": ");
      printQuoted(entry.getValue());
      comma = ", ";
    }
    out.add("}");
    budget.leave();
  }
}
