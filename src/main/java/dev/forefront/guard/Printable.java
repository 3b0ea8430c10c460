package dev.forefront.guard;

import java.nio.charset.StandardCharsets;

/** Random bytes are seldom text. */
final class Printable {

  private static final int LEAST = 3;

  private Printable() {}

  /** The text that the bytes are in UTF-8, or the empty string where they look like none. */
  static String text(byte[] bytes) {
    if (bytes.length < LEAST) {
      return "";
    }
    int control = 0;
    for (byte b : bytes) {
      control += b >= 0 && b < 32 && b != '\n' && b != '\r' && b != '\t' || b == 127 ? 1 : 0;
    }
    // The last group of an encoding may have been cut.
    if (control > bytes.length / 20) {
      return "";
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int broken = 0;
    for (int at = 0; at < text.length(); at++) {
      broken += text.charAt(at) == '\uFFFD' ? 1 : 0;
    }
    return broken * 20 <= text.length() + 10 && broken * 6 < text.length() ? text : "";
  }
}
