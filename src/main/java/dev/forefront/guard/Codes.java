package dev.forefront.guard;

import java.util.function.Consumer;

/** Characters written as numbers, one after another. */
final class Codes {

  private static final int LEAST = 4;
  private static final int LONGEST_GAP = 4;
  private static final String SEPARATORS = " ,;:|/+-\n\r\t\"'[]";
  private static final long NONE = -1;

  private Codes() {}

  /** Reads one number: its end in the upper half, its value in the lower one, or {@link #NONE}. */
  private interface Code {
    long read(String passage, int at);

    /** Whether what stands between two places is written like this and not in another way. */
    default boolean accepts(String passage, int from, int to) {
      return true;
    }
  }

  /** Pairs of figures without a letter are decimal. */
  private static final Code HEXADECIMAL =
      new Code() {
        @Override
        public long read(String passage, int at) {
          return hexNumber(passage, at);
        }

        @Override
        public boolean accepts(String passage, int from, int to) {
          return passage.substring(from, to).chars().anyMatch(c -> Chunks.isLetter((char) c));
        }
      };

  static void hexadecimal(String passage, Consumer<Decoded> to) {
    sequences("hex", passage, HEXADECIMAL, to);
  }

  static void binary(String passage, Consumer<Decoded> to) {
    sequences("binary", passage, Codes::bits, to);
  }

  static void decimal(String passage, Consumer<Decoded> to) {
    sequences("decimal", passage, (text, at) -> number(text, at, 2, 3, 10), to);
  }

  static void octal(String passage, Consumer<Decoded> to) {
    sequences("octal", passage, Codes::octalNumber, to);
  }

  private static void sequences(String layer, String passage, Code code, Consumer<Decoded> to) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int at = 0;
    while (at < passage.length()) {
      if (code.read(passage, at) == NONE || at > 0 && isAlphanumeric(passage.charAt(at - 1))) {
        at++;
        continue;
      }
      StringBuilder text = new StringBuilder();
      int end = read(passage, at, code, text);
      boolean whole = !adjoinsNumber(passage, at, end) || Evidence.of(text).convinces();
      if (text.codePointCount(0, text.length()) >= LEAST
          && whole
          && code.accepts(passage, at, end)) {
        out.append(passage, copied, at).append(' ').append(bytesRead(text)).append(' ');
        copied = end;
      }
      at = Math.max(end, at + 1);
    }
    if (copied > 0) {
      to.accept(new Decoded(layer, out.append(passage, copied, passage.length()).toString()));
    }
  }

  /** Whether numbers of another kind stand beside, so that these may be read in another way. */
  private static boolean adjoinsNumber(String passage, int from, int to) {
    int before = from - 1;
    while (before >= 0 && SEPARATORS.indexOf(passage.charAt(before)) >= 0) {
      before--;
    }
    int after = to;
    while (after < passage.length() && SEPARATORS.indexOf(passage.charAt(after)) >= 0) {
      after++;
    }
    int start = before;
    while (start >= 0 && isAlphanumeric(passage.charAt(start))) {
      start--;
    }
    int end = after;
    while (end < passage.length() && isAlphanumeric(passage.charAt(end))) {
      end++;
    }
    return Chunks.hasFigures(passage, start + 1, before + 1)
        || Chunks.hasFigures(passage, after, end);
  }

  private static int read(String passage, int from, Code code, StringBuilder text) {
    int end = from;
    int at = from;
    while (at < passage.length()) {
      long read = code.read(passage, at);
      int value = (int) read;
      if (read == NONE || !isPrintable(value)) {
        break;
      }
      text.appendCodePoint(value);
      end = (int) (read >> 32);
      at = end;
      while (at < passage.length()
          && at - end < LONGEST_GAP
          && SEPARATORS.indexOf(passage.charAt(at)) >= 0) {
        at++;
      }
    }
    return end;
  }

  /** Numbers below 256 may be the bytes of UTF-8. */
  private static CharSequence bytesRead(StringBuilder text) {
    byte[] bytes = new byte[text.length()];
    boolean other = false;
    for (int at = 0; at < bytes.length; at++) {
      if (text.charAt(at) > 0xFF) {
        return text;
      }
      other |= text.charAt(at) > 0x7F;
      bytes[at] = (byte) text.charAt(at);
    }
    String read = other ? Printable.text(bytes) : "";
    return read.isEmpty() ? text : read;
  }

  private static boolean isPrintable(int value) {
    return value >= 32 && value < 127 || value == '\n' || value >= 128 && value < 0x30000;
  }

  private static boolean isAlphanumeric(char c) {
    return Chunks.isLetter(c) || Chunks.isFigure(c);
  }

  private static long number(String passage, int from, int least, int most, int radix) {
    int at = from;
    int value = 0;
    while (at < passage.length()
        && at - from <= most
        && Character.digit(passage.charAt(at), radix) >= 0) {
      value = value * radix + Character.digit(passage.charAt(at), radix);
      at++;
    }
    boolean ends = at == passage.length() || !isAlphanumeric(passage.charAt(at));
    return ends && at - from >= least && at - from <= most ? (long) at << 32 | value : NONE;
  }

  private static long hexNumber(String passage, int at) {
    if (passage.startsWith("0x", at)
        || passage.startsWith("U+", at)
        || passage.startsWith("u+", at)) {
      return number(passage, at + 2, 2, 6, 16);
    }
    return number(passage, at, 2, 2, 16);
  }

  private static long octalNumber(String passage, int at) {
    return number(passage, at + (passage.startsWith("0o", at) ? 2 : 0), 2, 4, 8);
  }

  /** Seven or eight bits; without spaces between them always eight. */
  private static long bits(String passage, int from) {
    int at = from;
    int value = 0;
    while (at < passage.length() && at - from < 8 && (passage.charAt(at) | 1) == '1') {
      value = value << 1 | passage.charAt(at) & 1;
      at++;
    }
    return at - from >= 7 ? (long) at << 32 | value : NONE;
  }

  /** The places of letters in the alphabet, 1 to 26. Lists of small numbers are no words. */
  static void alphabet(String passage, Consumer<Decoded> to) {
    Spelled run = new Spelled(passage);
    for (int at = 0; at < passage.length(); at++) {
      long read =
          at > 0 && isAlphanumeric(passage.charAt(at - 1)) ? NONE : number(passage, at, 1, 2, 10);
      int value = (int) read;
      if (read != NONE && value >= 1 && value <= 26) {
        run.add((char) ('a' + value - 1), at, (int) (read >> 32));
      } else if (isAlphanumeric(passage.charAt(at))
          && (at == 0 || !isAlphanumeric(passage.charAt(at - 1)))) {
        run.end();
      }
    }
    run.tell(
        "a1z26",
        decoded -> {
          if (Evidence.of(decoded.text()).convinces()) {
            to.accept(decoded);
          }
        });
  }
}
