package dev.forefront.token.jinja;

import java.math.BigDecimal;
import java.util.Locale;

/** How Python spells and reads texts and numbers, where Java differs. */
final class Python {
  private Python() {}

  /** What {@code str.isspace} says of one character; all of them are of one UTF-16 unit. */
  static boolean isSpace(char c) {
    return c >= '\t' && c <= '\r'
        || c >= '\u001C' && c <= ' '
        || c == '\u0085'
        || Character.isSpaceChar(c);
  }

  static boolean isBlank(String text) {
    return text.chars().allMatch(c -> isSpace((char) c));
  }

  static String stripRight(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /** What a quoted text means. */
  static String unescaped(String quoted) {
    if (quoted.indexOf('\\') < 0) {
      return quoted;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c != '\\' || i + 1 == quoted.length()) {
        text.append(c);
        continue;
      }
      char letter = quoted.charAt(++i);
      int digits =
          switch (letter) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (digits > 0) {
        text.appendCodePoint(hex(quoted, i + 1, digits));
        i += digits;
      } else if (letter >= '0' && letter <= '7') {
        int end = i + 1;
        while (end < Math.min(quoted.length(), i + 3)
            && quoted.charAt(end) >= '0'
            && quoted.charAt(end) <= '7') {
          end++;
        }
        text.append((char) Integer.parseInt(quoted.substring(i, end), 8));
        i = end - 1;
      } else {
        simple(letter, text);
      }
    }
    return text.toString();
  }

  private static void simple(char letter, StringBuilder text) {
    switch (letter) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'v' -> text.append('\u000B');
      case '\\', '\'', '"' -> text.append(letter);
      case '\n' -> {}
      default -> text.append('\\').append(letter);
    }
  }

  private static int hex(String text, int from, int digits) {
    try {
      int code = Integer.parseInt(text, from, from + digits, 16);
      if (Character.isValidCodePoint(code)) {
        return code;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Told below.
    }
    throw TemplateException.broken("a text holds an escape that names no character");
  }

  /** {@code repr} of a text. */
  static void quote(String text, StringBuilder into) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    into.append(quote);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> into.append("\\n");
                case '\r' -> into.append("\\r");
                case '\t' -> into.append("\\t");
                case '\\' -> into.append("\\\\");
                default -> {
                  if (c == quote) {
                    into.append('\\').append(quote);
                  } else if (isPrintable(c)) {
                    into.appendCodePoint(c);
                  } else {
                    into.append(
                        String.format(
                            Locale.ROOT,
                            c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x",
                            c));
                  }
                }
              }
            });
    into.append(quote);
  }

  private static boolean isPrintable(int c) {
    return c == ' '
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SPACE_SEPARATOR ->
              false;
          default -> true;
        };
  }

  /** {@code repr} of a float: the shortest digits that read back as the same number. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = value < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      return sign
          + digits.charAt(0)
          + (digits.length() > 1 ? "." + digits.substring(1) : "")
          + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.abs().toPlainString();
    return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
  }
}
