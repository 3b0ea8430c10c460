package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Expression.Operator;
import dev.forefront.token.jinja.Values.Dict;
import dev.forefront.token.jinja.Values.Items;
import dev.forefront.token.jinja.Values.None;
import dev.forefront.token.jinja.Values.Range;
import dev.forefront.token.jinja.Values.Tuple;
import dev.forefront.token.jinja.Values.Undefined;
import dev.forefront.token.jinja.Values.View;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's arithmetic and comparisons. */
final class Operators {
  private Operators() {}

  static Object compute(Operator operator, Object left, Object right, Budget budget) {
    defined(left);
    defined(right);
    Object a = number(left);
    Object b = number(right);
    if (a instanceof Long x && b instanceof Long y) {
      return whole(operator, x, y);
    }
    if (a instanceof Number x && b instanceof Number y) {
      return real(operator, x.doubleValue(), y.doubleValue());
    }
    if (operator == Operator.REMAINDER && left instanceof Text format) {
      return Formats.percent(format, right, budget);
    }
    return switch (operator) {
      case ADD -> concatenated(left, right, budget);
      case MULTIPLY -> repeated(left, right, budget);
      default -> throw unsupported(operator, left, right);
    };
  }

  static Object signed(boolean negates, Object of) {
    defined(of);
    return switch (number(of)) {
      case Long number -> negates ? exact(Operator.SUBTRACT, 0, number) : number;
      case Double number -> negates ? -number : number;
      default -> throw TemplateException.broken("a '%s' has no sign", Values.typeName(of));
    };
  }

  private static Object number(Object value) {
    return value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value;
  }

  private static void defined(Object value) {
    if (value instanceof Undefined missing) {
      throw missing.error();
    }
  }

  private static Object whole(Operator operator, long a, long b) {
    return switch (operator) {
      case DIVIDE -> real(operator, a, b);
      case FLOOR_DIVIDE -> Math.floorDiv(a, divisor(b));
      case REMAINDER -> Math.floorMod(a, divisor(b));
      case POWER -> b < 0 ? (Object) Math.pow(a, b) : exact(operator, a, b);
      default -> exact(operator, a, b);
    };
  }

  private static long divisor(long b) {
    if (b == 0) {
      throw TemplateException.broken("division by zero");
    }
    return b;
  }

  private static Object exact(Operator operator, long a, long b) {
    try {
      return switch (operator) {
        case ADD -> Math.addExact(a, b);
        case SUBTRACT -> Math.subtractExact(a, b);
        case MULTIPLY -> Math.multiplyExact(a, b);
        default -> Math.powExact(a, Math.toIntExact(b));
      };
    } catch (ArithmeticException e) {
      throw TemplateException.broken("%d %s %d is too large", a, operator.sign(), b);
    }
  }

  private static Object real(Operator operator, double a, double b) {
    if (b == 0
        && (operator == Operator.DIVIDE
            || operator == Operator.FLOOR_DIVIDE
            || operator == Operator.REMAINDER)) {
      throw TemplateException.broken("division by zero");
    }
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case FLOOR_DIVIDE -> Math.floor(a / b);
      case REMAINDER -> a - b * Math.floor(a / b);
      default -> Math.pow(a, b);
    };
  }

  private static Object concatenated(Object left, Object right, Budget budget) {
    if (left instanceof Text a && right instanceof Text b) {
      return new Writing(budget).add(a).add(b).text();
    }
    if (left instanceof Items(List<Object> a) && right instanceof Items(List<Object> b)) {
      return new Items(both(a, b));
    }
    if (left instanceof Tuple a && right instanceof Tuple b) {
      return Tuple.of(both(a.list(), b.list()));
    }
    if (left instanceof Text) {
      throw TemplateException.broken(
          "can only concatenate str (not \"%s\") to str", Values.typeName(right));
    }
    throw unsupported(Operator.ADD, left, right);
  }

  private static List<Object> both(List<Object> a, List<Object> b) {
    List<Object> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  private static Object repeated(Object left, Object right, Budget budget) {
    if (number(right) instanceof Long times) {
      switch (left) {
        case Text text -> {
          return new Writing(budget).repeat(text, times).text();
        }
        case Items items -> {
          return new Items(manyTimes(items.list(), times, budget));
        }
        case Tuple tuple -> {
          return Tuple.of(manyTimes(tuple.list(), times, budget));
        }
        default -> {}
      }
    }
    if (number(left) instanceof Long && !(number(right) instanceof Long)) {
      return repeated(right, left, budget);
    }
    throw unsupported(Operator.MULTIPLY, left, right);
  }

  private static List<Object> manyTimes(List<Object> list, long times, Budget budget) {
    long many = Math.max(0, times);
    budget.takeEntries(Math.min(Integer.MAX_VALUE, many) * list.size());
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < many && !list.isEmpty(); i++) {
      all.addAll(list);
    }
    return all;
  }

  private static TemplateException unsupported(Operator operator, Object left, Object right) {
    return TemplateException.broken(
        "unsupported operand type(s) for %s: '%s' and '%s'",
        operator.sign(), Values.typeName(left), Values.typeName(right));
  }

  static boolean compares(Operator operator, Object left, Object right, Budget budget) {
    return switch (operator) {
      case EQUAL -> equal(left, right, budget);
      case UNEQUAL -> !equal(left, right, budget);
      case IN -> contains(right, left, budget);
      case NOT_IN -> !contains(right, left, budget);
      case LESS -> compare(operator, left, right, budget) < 0;
      case LESS_OR_EQUAL -> compare(operator, left, right, budget) <= 0;
      case GREATER -> compare(operator, left, right, budget) > 0;
      default -> compare(operator, left, right, budget) >= 0;
    };
  }

  static boolean equal(Object left, Object right, Budget budget) {
    budget.step();
    Object a = number(left);
    Object b = number(right);
    return switch (a) {
      case Text text -> {
        budget.steps(text.length() / 64);
        yield text.equals(b);
      }
      case Long x when b instanceof Long y -> x.longValue() == y.longValue();
      case BigInteger x when b instanceof BigInteger y -> x.equals(y);
      case Number x when b instanceof Number y -> x.doubleValue() == y.doubleValue();
      case Items(List<Object> x) when b instanceof Items(List<Object> y) ->
          equalLists(x, y, budget);
      case Tuple x when b instanceof Tuple y -> equalLists(x.list(), y.list(), budget);
      case Range x when b instanceof Range y -> equalLists(x.list(), y.list(), budget);
      case Dict(Map<Object, Object> x) when b instanceof Dict(Map<Object, Object> y) ->
          equalDicts(x, y, budget);
      case Undefined x -> b instanceof Undefined;
      default -> a == b;
    };
  }

  private static boolean equalLists(List<Object> a, List<Object> b, Budget budget) {
    if (a.size() != b.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (int i = 0; equal && i < a.size(); i++) {
      equal = equal(a.get(i), b.get(i), budget);
    }
    budget.leave();
    return equal;
  }

  private static boolean equalDicts(Map<Object, Object> a, Map<Object, Object> b, Budget budget) {
    if (a.size() != b.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (Map.Entry<Object, Object> entry : a.entrySet()) {
      Object other = b.get(entry.getKey());
      equal = other != null && equal(entry.getValue(), other, budget);
      if (!equal) {
        break;
      }
    }
    budget.leave();
    return equal;
  }

  static boolean contains(Object all, Object one, Budget budget) {
    return switch (all) {
      case Text text -> {
        if (!(one instanceof Text sought)) {
          throw TemplateException.broken(
              "'in' wants a text to look for in a text, not a %s", Values.typeName(one));
        }
        yield budget.find(text.string(), sought.string(), 0) >= 0;
      }
      case Dict dict -> dict.map().containsKey(Values.key(one));
      default -> {
        if (!Values.isIterable(all)) {
          throw TemplateException.broken("nothing can be in a '%s' object", Values.typeName(all));
        }
        for (Object entry : Values.list(all, budget)) {
          if (equal(entry, one, budget)) {
            yield true;
          }
        }
        yield false;
      }
    };
  }

  /** Which comes first, of two values that {@code <} compares. */
  static int compare(Object left, Object right, Budget budget) {
    return compare(Operator.LESS, left, right, budget);
  }

  private static int compare(Operator operator, Object left, Object right, Budget budget) {
    budget.step();
    defined(left);
    defined(right);
    Object a = number(left);
    Object b = number(right);
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (a instanceof Number x && b instanceof Number y) {
      return Double.compare(x.doubleValue(), y.doubleValue());
    }
    if (a instanceof Text x && b instanceof Text y) {
      budget.steps(Math.min(x.length(), y.length()) / 64);
      return compareCodePoints(x.string(), y.string());
    }
    if (a instanceof Items(List<Object> x) && b instanceof Items(List<Object> y)) {
      return compareLists(operator, x, y, budget);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return compareLists(operator, x.list(), y.list(), budget);
    }
    throw TemplateException.broken(
        "'%s' is not supported between '%s' and '%s'",
        operator.sign(), Values.typeName(left), Values.typeName(right));
  }

  private static int compareLists(
      Operator operator, List<Object> a, List<Object> b, Budget budget) {
    budget.enter();
    int order = Integer.compare(a.size(), b.size());
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!equal(a.get(i), b.get(i), budget)) {
        order = compare(operator, a.get(i), b.get(i), budget);
        break;
      }
    }
    budget.leave();
    return order;
  }

  private static int compareCodePoints(String a, String b) {
    int same = 0;
    int shorter = Math.min(a.length(), b.length());
    while (same < shorter && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    if (same == shorter) {
      return Integer.compare(a.length(), b.length());
    }
    char x = a.charAt(same);
    char y = b.charAt(same);
    boolean bothSurrogates = Character.isSurrogate(x) && Character.isSurrogate(y);
    return bothSurrogates || !Character.isSurrogate(x) && !Character.isSurrogate(y)
        ? Character.compare(x, y)
        : Character.isSurrogate(x) ? 1 : -1;
  }

  /** What may be subscripted by a number. */
  static boolean isSequence(Object value) {
    return switch (value) {
      case Text t -> true;
      case Items i -> true;
      case Tuple t -> true;
      case Range r -> true;
      case Dict d -> true;
      case Undefined u -> true;
      case View v -> false;
      case None n -> false;
      default -> false;
    };
  }
}
