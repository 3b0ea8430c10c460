package dev.forefront.schema;

/** Reads well-formed UTF-8 (RFC 3629), byte by byte. States are numbers. */
final class Utf8 {
  /** Between two characters. */
  static final int WHOLE = 0;

  /** No character goes on like this. */
  static final int BROKEN = -1;

  private static final int ONE_LEFT = 1;
  private static final int TWO_LEFT = 2;
  private static final int THREE_LEFT = 3;
  // The second byte of these is bound: neither overlong forms, surrogates nor more than U+10FFFF.
  private static final int AFTER_E0 = 4;
  private static final int AFTER_ED = 5;
  private static final int AFTER_F0 = 6;
  private static final int AFTER_F4 = 7;

  private Utf8() {}

  static int next(int state, int b) {
    return switch (state) {
      case WHOLE -> lead(b);
      case ONE_LEFT -> within(b, 0x80, 0xbf, WHOLE);
      case TWO_LEFT -> within(b, 0x80, 0xbf, ONE_LEFT);
      case THREE_LEFT -> within(b, 0x80, 0xbf, TWO_LEFT);
      case AFTER_E0 -> within(b, 0xa0, 0xbf, ONE_LEFT);
      case AFTER_ED -> within(b, 0x80, 0x9f, ONE_LEFT);
      case AFTER_F0 -> within(b, 0x90, 0xbf, TWO_LEFT);
      case AFTER_F4 -> within(b, 0x80, 0x8f, TWO_LEFT);
      default -> throw new IllegalArgumentException("no state " + state);
    };
  }

  private static int within(int b, int least, int most, int then) {
    return b >= least && b <= most ? then : BROKEN;
  }

  private static int lead(int b) {
    if (b < 0x80) {
      return WHOLE;
    }
    if (b >= 0xc2 && b <= 0xdf) {
      return ONE_LEFT;
    }
    return switch (b) {
      case 0xe0 -> AFTER_E0;
      case 0xed -> AFTER_ED;
      case 0xf0 -> AFTER_F0;
      case 0xf4 -> AFTER_F4;
      default -> b >= 0xe1 && b <= 0xef ? TWO_LEFT : b >= 0xf1 && b <= 0xf3 ? THREE_LEFT : BROKEN;
    };
  }

  /** Bytes that the character needs still. */
  static int missing(int state) {
    return switch (state) {
      case WHOLE -> 0;
      case ONE_LEFT -> 1;
      case TWO_LEFT, AFTER_E0, AFTER_ED -> 2;
      default -> 3;
    };
  }
}
