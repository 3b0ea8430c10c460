package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Values.Callable;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Undefined;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** What stands after {@code is}. */
final class Tests {
  private static final Map<String, Operator> COMPARING =
      Map.ofEntries(
          Map.entry("eq", Operator.EQUAL),
          Map.entry("equalto", Operator.EQUAL),
          Map.entry("==", Operator.EQUAL),
          Map.entry("ne", Operator.UNEQUAL),
          Map.entry("!=", Operator.UNEQUAL),
          Map.entry("lt", Operator.LESS),
          Map.entry("lessthan", Operator.LESS),
          Map.entry("<", Operator.LESS),
          Map.entry("le", Operator.LESS_OR_EQUAL),
          Map.entry("<=", Operator.LESS_OR_EQUAL),
          Map.entry("gt", Operator.GREATER),
          Map.entry("greaterthan", Operator.GREATER),
          Map.entry(">", Operator.GREATER),
          Map.entry("ge", Operator.GREATER_OR_EQUAL),
          Map.entry(">=", Operator.GREATER_OR_EQUAL),
          Map.entry("in", Operator.IN));

  private Tests() {}

  static boolean of(Rendering rendering, String name, Object value, Arguments arguments) {
    Budget budget = rendering.budget();
    Operator comparing = COMPARING.get(name);
    if (comparing != null) {
      return Operators.compares(comparing, value, other(name, arguments), budget);
    }
    return switch (name) {
      case "divisibleby" ->
          Operators.equal(
              Operators.compute(Operator.REMAINDER, value, other(name, arguments), budget),
              0L,
              budget);
      case "sameas" -> same(value, other(name, arguments));
      case "odd", "even" ->
          Operators.equal(
              Operators.compute(Operator.REMAINDER, value, 2L, budget),
              name.equals("odd") ? 1L : 0L,
              budget);
      case "upper", "lower" -> {
        String text = Printing.text(value, budget).string();
        yield name.equals("upper") ? TextMethods.isUpper(text) : TextMethods.isLower(text);
      }
      case "filter" -> value instanceof Text text && Filters.knows(text.string());
      case "test" -> value instanceof Text text && knows(rendering, text.string());
      default -> kind(name, value);
    };
  }

  private static boolean kind(String name, Object value) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "true" -> value.equals(true);
      case "false" -> value.equals(false);
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Long || value instanceof BigInteger;
      case "float" -> value instanceof Double;
      case "number" -> value instanceof Number || value instanceof Boolean;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Dict;
      case "sequence" -> Operators.isSequence(value);
      case "iterable" -> Values.isIterable(value);
      case "callable" -> value instanceof Callable;
      case "escaped" -> false;
      default -> throw TemplateException.broken("No test named '%s'.", name);
    };
  }

  private static boolean knows(Rendering rendering, String name) {
    try {
      of(rendering, name, 1L, Arguments.of(1L));
      return true;
    } catch (TemplateException e) {
      return COMPARING.containsKey(name);
    }
  }

  private static Object other(String name, Arguments arguments) {
    return arguments.bind("the test '" + name + "'", List.of("other")).need("other");
  }

  private static boolean same(Object a, Object b) {
    return a == b
        || (a instanceof Text || a instanceof Number || a instanceof Boolean) && a.equals(b);
  }
}
