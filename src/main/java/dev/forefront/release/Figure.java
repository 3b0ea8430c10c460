package dev.forefront.release;

import java.util.Locale;

/** Numbers as they stand in reasons and pages. */
final class Figure {

  private Figure() {}

  /** At most four decimals, none of them needless. */
  static String of(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
