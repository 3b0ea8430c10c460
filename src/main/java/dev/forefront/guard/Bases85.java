package dev.forefront.guard;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Encodings whose alphabet has most of ASCII's signs: Ascii85, the base85 of RFC 1924, uuencode.
 */
final class Bases85 {

  private static final String RFC_1924 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  private static final int LEAST = 10;

  private Bases85() {}

  static void ascii85(String passage, Consumer<Decoded> to) {
    chunks("ascii85", passage, Bases85::ascii, to);
  }

  static void base85(String passage, Consumer<Decoded> to) {
    chunks("base85", passage, Bases85::rfc1924, to);
  }

  static void uuencode(String passage, Consumer<Decoded> to) {
    chunks("uuencode", passage, Bases85::line, to);
  }

  private static void chunks(
      String layer, String passage, Function<String, String> decode, Consumer<Decoded> to) {
    StringBuilder out = new StringBuilder();
    boolean found = false;
    boolean joins = false;
    for (int at = 0; at < passage.length(); ) {
      int end = at;
      while (end < passage.length() && !Character.isWhitespace(passage.charAt(end))) {
        end++;
      }
      String chunk = passage.substring(at, end);
      // The last line of several may be short.
      String text = chunk.length() < (joins ? 2 : LEAST) ? "" : decode.apply(chunk);
      found |= !text.isEmpty();
      if (text.isEmpty()) {
        out.append(joins ? " " : "").append(chunk);
        joins = false;
      } else {
        out.append(text);
        joins = true;
      }
      // Lines of one encoding belong together; what stands between other chunks stays.
      while (end < passage.length() && Character.isWhitespace(passage.charAt(end))) {
        if (!joins) {
          out.append(passage.charAt(end));
        }
        end++;
      }
      at = end;
    }
    if (found) {
      to.accept(new Decoded(layer, out.toString()));
    }
  }

  private static String ascii(String chunk) {
    String bare = chunk;
    if (bare.startsWith("<~")) {
      bare = bare.substring(2);
    }
    int end = bare.indexOf("~>");
    bare = (end < 0 ? bare : bare.substring(0, end)).replace("z", "!!!!!");
    int[] values = new int[bare.length()];
    for (int at = 0; at < values.length; at++) {
      values[at] = bare.charAt(at) - '!';
    }
    return groups(values);
  }

  private static String rfc1924(String chunk) {
    int[] values = new int[chunk.length()];
    for (int at = 0; at < values.length; at++) {
      values[at] = RFC_1924.indexOf(chunk.charAt(at));
    }
    return groups(values);
  }

  /** Five figures to the base of 85 are four bytes; a shorter last group is one byte shorter. */
  private static String groups(int[] values) {
    byte[] bytes = new byte[values.length * 4 / 5 + 4];
    int filled = 0;
    for (int at = 0; at < values.length; at += 5) {
      int length = Math.min(5, values.length - at);
      long number = 0;
      for (int i = 0; i < 5; i++) {
        int value = i < length ? values[at + i] : 84;
        if (value < 0 || value > 84) {
          return "";
        }
        number = number * 85 + value;
      }
      if (number > 0xFFFFFFFFL) {
        return "";
      }
      for (int i = 0; i < length - 1; i++) {
        bytes[filled++] = (byte) (number >> (24 - 8 * i));
      }
    }
    return Printable.text(Arrays.copyOf(bytes, filled));
  }

  /** A line of uuencode: how many bytes, then their bits by six. */
  private static String line(String chunk) {
    int length = chunk.charAt(0) - 32 & 63;
    if (chunk.length() - 1 < (length * 8 + 5) / 6 || chunk.length() - 1 > (length + 2) / 3 * 4) {
      return "";
    }
    byte[] bytes = new byte[(chunk.length() - 1) * 6 / 8];
    int filled = 0;
    int bits = 0;
    int held = 0;
    for (int at = 1; at < chunk.length(); at++) {
      int c = chunk.charAt(at);
      if (c < 32 || c > 96) {
        return "";
      }
      held = held << 6 | (c - 32 & 63);
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes[filled++] = (byte) (held >> bits);
      }
    }
    return Printable.text(Arrays.copyOf(bytes, Math.min(filled, length)));
  }
}
