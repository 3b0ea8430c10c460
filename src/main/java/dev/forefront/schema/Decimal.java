package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/**
 * A number within bounds, without an exponent. All values are counted in units of its last decimal
 * place.
 *
 * @param least in units, at least minus {@link #MOST}
 * @param most likewise, at most {@link #MOST}
 * @param places decimal places at most; 0 for whole numbers
 * @param sign 1 or -1
 * @param digits all digits read, as one number
 * @param after how many of them stand after the point; -1 where none was read
 */
record Decimal(long least, long most, int places, int sign, long digits, int after, boolean begun)
    implements Terminal {
  /** The largest value, in units. */
  static final long MOST = 999_999_999_999_999_999L;

  static Decimal of(long least, long most, int places) {
    return new Decimal(least, most, places, 1, 0, -1, false);
  }

  @Override
  public @Nullable Terminal step(int b) {
    Decimal next = read(b);
    return next != null && next.canEnd() ? next : null;
  }

  private @Nullable Decimal read(int b) {
    if (b == '-') {
      return begun || sign < 0 ? null : new Decimal(least, most, places, -1, 0, -1, false);
    }
    if (b == '.') {
      return begun && after < 0 && places > 0
          ? new Decimal(least, most, places, sign, digits, 0, true)
          : null;
    }
    if (b < '0' || b > '9') {
      return null;
    }
    if (after < 0) {
      // No zero leads, and no number has more digits than the bounds.
      return begun && digits == 0 || digits > MOST / 10 / power(places)
          ? null
          : new Decimal(least, most, places, sign, 10 * digits + b - '0', -1, true);
    }
    return after == places
        ? null
        : new Decimal(least, most, places, sign, 10 * digits + b - '0', after + 1, true);
  }

  /** Whether a number within the bounds begins like this. */
  private boolean canEnd() {
    if (!begun) {
      return sign > 0 || least < 0;
    }
    long unit = power(places - Math.max(0, after));
    if (isWithin(digits * unit, digits * unit + unit - 1)) {
      return true;
    }
    // More digits before the point.
    if (after < 0 && digits > 0) {
      for (long wide = unit * 10; digits <= MOST / wide - 1; wide *= 10) {
        if (isWithin(digits * wide, digits * wide + wide - 1)) {
          return true;
        }
        if (wide > MOST / 10) {
          return false;
        }
      }
    }
    return false;
  }

  /** Whether the bounds and these amounts, under the sign, have a number in common. */
  private boolean isWithin(long from, long to) {
    return sign > 0
        ? from <= most && to >= least
        // There is no negative zero.
        : -to <= most && -Math.max(1, from) >= least && to > 0;
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }

  @Override
  public boolean accepts() {
    if (!begun || after == 0) {
      return false;
    }
    long amount = digits * power(places - Math.max(0, after));
    return isWithin(amount, amount);
  }

  @Override
  public boolean goesOn() {
    if (step('.') != null) {
      return true;
    }
    for (int digit = '0'; digit <= '9'; digit++) {
      if (step(digit) != null) {
        return true;
      }
    }
    return step('-') != null;
  }
}
