package dev.forefront.token;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in byte-level vocabularies (Radford et al.
 * 2019, section 2.2): printable Latin-1 stands for itself, the others follow from U+0100.
 */
final class ByteSymbols {
  private static final char[] SYMBOLS = symbols();

  private ByteSymbols() {}

  static char of(int unsignedByte) {
    return SYMBOLS[unsignedByte];
  }

  /** A text's UTF-8 bytes, each as its symbol. */
  static String spell(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] spelled = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      spelled[i] = SYMBOLS[bytes[i] & 0xff];
    }
    return new String(spelled);
  }

  private static char[] symbols() {
    char[] symbols = new char[256];
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      symbols[b] = printable ? (char) b : next++;
    }
    return symbols;
  }
}
