package dev.forefront.guard;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** Base64 and hexadecimal, where what comes out is text. */
final class Encodings {

  private Encodings() {}

  static boolean inAlphabet(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '/'
        || c == '-'
        || c == '_'
        || c == '=';
  }

  static boolean isHexadecimal(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (!HexFormat.isHexDigit(text.charAt(at))) {
        return false;
      }
    }
    return true;
  }

  /** The text that the run encodes, or the empty string where it encodes none. */
  static String decode(String run) {
    String decoded = "";
    if (run.length() % 2 == 0 && isHexadecimal(run)) {
      decoded = text(HexFormat.of().parseHex(run));
    }
    return decoded.isEmpty() ? base64(run) : decoded;
  }

  private static String base64(String run) {
    String bare = run.replace('-', '+').replace('_', '/').replace("=", "");
    String whole = bare.substring(0, bare.length() - (bare.length() % 4 == 1 ? 1 : 0));
    return text(Base64.getDecoder().decode(whole));
  }

  /** Random bytes are seldom text: at least nine in ten printable, at least half letters. */
  private static String text(byte[] bytes) {
    int printable = 0;
    int letters = 0;
    for (byte b : bytes) {
      printable += (b >= 32 && b < 127) || b == '\n' || b == '\t' ? 1 : 0;
      letters += Character.isLetter(b & 0xff) && b > 0 ? 1 : 0;
    }
    return bytes.length >= 6 && printable * 10 >= bytes.length * 9 && letters * 2 >= bytes.length
        ? new String(bytes, StandardCharsets.UTF_8)
        : "";
  }
}
