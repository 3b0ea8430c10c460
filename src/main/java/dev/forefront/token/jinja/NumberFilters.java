package dev.forefront.token.jinja;

import dev.forefront.token.jinja.Arguments.Bound;
import dev.forefront.token.jinja.Filters.Filter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that make numbers. */
final class NumberFilters {
  private NumberFilters() {}

  static void add(Map<String, Filter> all) {
    Filters.put(all, "abs", NumberFilters::absolute);
    Filters.put(all, "int", NumberFilters::whole, "default", "base");
    Filters.put(all, "float", NumberFilters::real, "default");
    Filters.put(all, "round", NumberFilters::rounded, "precision", "method");
    Filters.put(all, "length", (value, given, budget) -> Values.length(value, budget));
    Filters.put(all, "count", (value, given, budget) -> Values.length(value, budget));
  }

  private static Object absolute(Object value, Bound given, Budget budget) {
    return switch (value) {
      case Long number -> Math.abs(number);
      case Double number -> Math.abs(number);
      case Boolean truth -> truth ? 1L : 0L;
      default ->
          throw TemplateException.broken("abs wants a number, not a %s", Values.typeName(value));
    };
  }

  private static Object whole(Object value, Bound given, Budget budget) {
    Object otherwise = given.get("default", 0L);
    return switch (value) {
      case Long number -> number;
      case Boolean truth -> truth ? 1L : 0L;
      case Double number -> whole(number, otherwise);
      case Text text -> {
        String digits = text.string().strip().replace("_", "");
        try {
          yield Long.parseLong(digits, Math.clamp(given.integer("base", 10), 2, 36));
        } catch (NumberFormatException e) {
          yield whole(parsed(digits), otherwise);
        }
      }
      default -> otherwise;
    };
  }

  private static Object whole(double number, Object otherwise) {
    return Math.abs(number) < 0x1p62 ? (Object) (long) number : otherwise;
  }

  private static Object real(Object value, Bound given, Budget budget) {
    return switch (value) {
      case Boolean truth -> truth ? 1.0 : 0.0;
      case Number number -> number.doubleValue();
      case Text text when !Double.isNaN(parsed(text.string().strip())) ->
          parsed(text.string().strip());
      default -> given.get("default", 0.0);
    };
  }

  /** NaN where it is no number; Java's own suffixes and hexadecimals are none. */
  private static double parsed(String digits) {
    if (digits.length() > 400 || !digits.matches("[-+0-9.eE]+")) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static Object rounded(Object value, Bound given, Budget budget) {
    int places = Math.clamp(given.integer("precision", 0), -300, 300);
    String method = given.text("method", "common").string();
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw TemplateException.broken("round knows no method '%s'", method);
        };
    if (value instanceof Long number && mode == RoundingMode.HALF_EVEN) {
      return places >= 0 ? number : BigDecimal.valueOf(number).setScale(places, mode).longValue();
    }
    if (!(value instanceof Number number)) {
      throw TemplateException.broken("round wants a number, not a %s", Values.typeName(value));
    }
    double real = number.doubleValue();
    return Double.isNaN(real) || Double.isInfinite(real)
        ? (Object) real
        : new BigDecimal(real).setScale(places, mode).doubleValue();
  }
}
