package dev.forefront.guard;

/**
 * Text in pieces, cut anew so that no piece begins or ends inside a character. Half a surrogate
 * pair that finds no other half becomes U+FFFD: it has no bytes in UTF-8 of its own, so a verdict
 * could not name them.
 */
final class WholeCharacters {
  private static final char NONE = 0;
  private static final char REPLACEMENT = '\uFFFD';

  private char high = NONE;

  /** The piece with what was kept of the one before; its last char is kept where it is a half. */
  String push(String piece) {
    if (high == NONE && isWhole(piece)) {
      return piece;
    }
    StringBuilder whole = new StringBuilder(piece.length() + 1);
    for (int at = 0; at < piece.length(); at++) {
      char next = piece.charAt(at);
      if (Character.isHighSurrogate(next)) {
        whole.append(finish());
        high = next;
      } else if (Character.isLowSurrogate(next)) {
        whole.append(high == NONE ? "" + REPLACEMENT : "" + high + next);
        high = NONE;
      } else {
        whole.append(finish()).append(next);
      }
    }
    return whole.toString();
  }

  /** What is left when nothing follows. */
  String finish() {
    boolean half = high != NONE;
    high = NONE;
    return half ? "" + REPLACEMENT : "";
  }

  private static boolean isWhole(String piece) {
    for (int at = 0; at < piece.length(); at++) {
      if (Character.isSurrogate(piece.charAt(at))) {
        return false;
      }
    }
    return true;
  }
}
