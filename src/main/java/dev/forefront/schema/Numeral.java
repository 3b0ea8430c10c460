package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/**
 * A JSON number without bounds (RFC 8259, section 6), of no more digits than readers keep.
 *
 * @param digits of the part that is read
 */
record Numeral(Place place, int digits) implements Terminal {
  static final Numeral ANY = new Numeral(Place.BEGIN, 0);

  private static final int MOST_DIGITS = 15;
  private static final int MOST_EXPONENT_DIGITS = 2;

  /** Where in a number. */
  enum Place {
    BEGIN,
    MINUS,
    ZERO,
    WHOLE,
    POINT,
    FRACTION,
    E,
    E_SIGN,
    EXPONENT
  }

  @Override
  public @Nullable Terminal step(int b) {
    boolean digit = b >= '0' && b <= '9';
    return switch (place) {
      case BEGIN -> b == '-' ? to(Place.MINUS) : first(b);
      case MINUS -> first(b);
      case ZERO -> afterWhole(b);
      case WHOLE -> digit ? more(MOST_DIGITS) : afterWhole(b);
      case POINT -> digit ? new Numeral(Place.FRACTION, 1) : null;
      case FRACTION -> digit ? more(MOST_DIGITS) : exponent(b);
      case E ->
          b == '+' || b == '-' ? to(Place.E_SIGN) : digit ? new Numeral(Place.EXPONENT, 1) : null;
      case E_SIGN -> digit ? new Numeral(Place.EXPONENT, 1) : null;
      case EXPONENT -> digit ? more(MOST_EXPONENT_DIGITS) : null;
    };
  }

  private static @Nullable Numeral first(int b) {
    if (b == '0') {
      return to(Place.ZERO);
    }
    return b >= '1' && b <= '9' ? new Numeral(Place.WHOLE, 1) : null;
  }

  private @Nullable Numeral more(int most) {
    return digits < most ? new Numeral(place, digits + 1) : null;
  }

  private static @Nullable Numeral afterWhole(int b) {
    return b == '.' ? to(Place.POINT) : exponent(b);
  }

  private static @Nullable Numeral exponent(int b) {
    return b == 'e' || b == 'E' ? to(Place.E) : null;
  }

  private static Numeral to(Place place) {
    return new Numeral(place, 0);
  }

  @Override
  public boolean accepts() {
    return switch (place) {
      case ZERO, WHOLE, FRACTION, EXPONENT -> true;
      case BEGIN, MINUS, POINT, E, E_SIGN -> false;
    };
  }

  @Override
  public boolean goesOn() {
    return place != Place.EXPONENT || digits < MOST_EXPONENT_DIGITS;
  }
}
