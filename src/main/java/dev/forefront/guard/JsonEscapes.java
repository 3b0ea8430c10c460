package dev.forefront.guard;

/**
 * JSON as somebody understands it who knows its strings: what a backslash stands for, and not the
 * letter after it. What is read stays where it was, so that verdicts can name it. {@code \\u} and
 * its figures are left to whoever reads encodings. For one text at a time.
 */
final class JsonEscapes {
  private boolean open;

  /** The next piece; a backslash at its end comes with the piece after it. */
  String push(String piece) {
    if (!open && piece.indexOf('\\') < 0) {
      return piece;
    }
    StringBuilder out = new StringBuilder(piece.length() + 1);
    for (int at = 0; at < piece.length(); at++) {
      char c = piece.charAt(at);
      if (open) {
        open = false;
        switch (c) {
          case 'n', 't', 'r', 'b', 'f' -> out.append("  ");
          case '"', '\\', '/' -> out.append(' ').append(c);
          default -> out.append('\\').append(c);
        }
      } else if (c == '\\') {
        open = true;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
