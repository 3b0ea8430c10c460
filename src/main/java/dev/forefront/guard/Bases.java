package dev.forefront.guard;

import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hexadecimal, base32 and base64 (RFC 4648), with and without the alphabet that is safe in URLs.
 */
final class Bases {

  private static final int LEAST_HEX = 8;
  private static final int LEAST_32 = 14;
  private static final int LEAST_64 = 12;
  private static final int LEAST_WORD = 6;
  // A run this long goes on in the next line.
  private static final int LINE = 40;
  private static final int PROBE = 24;

  private Bases() {}

  static void hexadecimal(String passage, Consumer<Decoded> to) {
    replace("hex", passage, Bases::hex, to);
  }

  static void base32(String passage, Consumer<Decoded> to) {
    replace("base32", passage, Bases::thirtyTwo, to);
  }

  static void base64(String passage, Consumer<Decoded> to) {
    replace("base64", passage, Bases::sixtyFour, to);
  }

  /** Whether the letters are a text in any of the three. */
  static boolean decodes(String run) {
    String start = run.substring(0, Math.min(run.length(), 2 * PROBE));
    return !hex(start).isEmpty() || !thirtyTwo(start).isEmpty() || !sixtyFour(start).isEmpty();
  }

  private static void replace(
      String layer, String passage, Function<String, String> decode, Consumer<Decoded> to) {
    StringBuilder out = null;
    int copied = 0;
    for (int at = 0; at < passage.length(); ) {
      if (!inAlphabet(passage.charAt(at))) {
        at++;
        continue;
      }
      int end = end(passage, at);
      if (end - at >= LEAST_WORD) {
        String text = decodeRun(passage.substring(at, end), decode);
        if (!text.isEmpty()) {
          out = out == null ? new StringBuilder(passage.length()) : out;
          out.append(passage, copied, at).append(' ').append(text).append(' ');
          while (end < passage.length() && passage.charAt(end) == '=') {
            end++;
          }
          copied = end;
        }
      }
      at = end;
    }
    if (out != null) {
      to.accept(new Decoded(layer, out.append(passage, copied, passage.length()).toString()));
    }
  }

  private static int end(String passage, int from) {
    int end = from;
    int line = from;
    while (end < passage.length()) {
      char c = passage.charAt(end);
      if ((c == '\n' || c == '\r') && (end - line >= LINE || end == line && end > from)) {
        line = end + 1;
      } else if (!inAlphabet(c)) {
        break;
      }
      end++;
    }
    return end;
  }

  /** The whole run or, where its last line is plain text, the lines before it. */
  private static String decodeRun(String run, Function<String, String> decode) {
    int lastLine = run.lastIndexOf('\n');
    if (lastLine > 0 && Chunks.odd(run, lastLine + 1, run.length()) == 0) {
      String before = decode.apply(run.substring(0, lastLine).replaceAll("[\r\n]", ""));
      return before.isEmpty() ? "" : before + run.substring(lastLine);
    }
    return decode.apply(run.replaceAll("[\r\n]", ""));
  }

  private static String hex(String run) {
    if (run.length() < LEAST_HEX) {
      return "";
    }
    for (int at = 0; at < run.length(); at++) {
      if (!HexFormat.isHexDigit(run.charAt(at))) {
        return "";
      }
    }
    return Printable.text(HexFormat.of().parseHex(run.substring(0, run.length() & ~1)));
  }

  private static String thirtyTwo(String run) {
    if (run.length() < LEAST_32) {
      return "";
    }
    byte[] bytes = new byte[run.length() * 5 / 8];
    int filled = 0;
    int bits = 0;
    int held = 0;
    for (int at = 0; at < run.length(); at++) {
      int c = run.charAt(at) & ~0x20;
      int value =
          c >= 'A' && c <= 'Z'
              ? c - 'A'
              : run.charAt(at) >= '2' && run.charAt(at) <= '7' ? run.charAt(at) - '2' + 26 : -1;
      if (value < 0) {
        return "";
      }
      held = held << 5 | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[filled++] = (byte) (held >> bits);
      }
    }
    return Printable.text(bytes);
  }

  private static String sixtyFour(String run) {
    for (int at = 0; at < run.length(); at++) {
      if (!inAlphabet(run.charAt(at))) {
        return "";
      }
    }
    if (run.length() < LEAST_64) {
      return word(run);
    }
    // Letters before the encoded text, such as a label, move the groups.
    for (int skip = 0; skip < 4; skip++) {
      int probe = Math.min(run.length(), skip + PROBE);
      if (probe - skip >= LEAST_64 - 3
          && !Printable.text(bytes(run.substring(skip, probe))).isEmpty()) {
        String text = Printable.text(bytes(run.substring(skip)));
        if (!text.isEmpty()) {
          return text;
        }
      }
    }
    return "";
  }

  /** Few letters decode to something by chance, but not to a word. */
  private static String word(String run) {
    String text = Printable.text(bytes(run));
    return text.length() >= 4
            && text.chars().allMatch(c -> Chunks.isLetter((char) c))
            && Lexicon.knows(text)
        ? text
        : "";
  }

  private static byte[] bytes(String run) {
    String bare = run.replace('-', '+').replace('_', '/');
    return Base64.getDecoder()
        .decode(bare.substring(0, bare.length() - (bare.length() % 4 == 1 ? 1 : 0)));
  }

  private static boolean inAlphabet(char c) {
    return Chunks.isLetter(c) || Chunks.isFigure(c) || c == '+' || c == '/' || c == '-' || c == '_';
  }
}
