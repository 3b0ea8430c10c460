package dev.forefront.evaluate;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {

  private Figures() {}

  static String percent(double rate) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * rate);
  }

  /** Four significant figures, without exponents for everyday sizes. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1e6) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  static String of(Result result, double value) {
    return result.isRate() ? percent(value) : number(value);
  }
}
