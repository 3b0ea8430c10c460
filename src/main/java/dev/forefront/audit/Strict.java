package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Numbers, base64 and text that have one spelling alone: whatever else reads them is refused. */
final class Strict {

  private Strict() {}

  /**
   * @throws BadInputException where it is no number of at least 0 in its shortest spelling
   */
  static long number(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && Long.toString(number).equals(text)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadInputException("\"%s\" is no number of entries".formatted(shown(text)));
  }

  /**
   * RFC 4648, section 4, padded.
   *
   * @throws BadInputException where it is anything else
   */
  static byte[] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new BadInputException("\"%s\" is no base64".formatted(shown(text)));
  }

  /**
   * A SHA-256 in base64.
   *
   * @throws BadInputException where it is anything else
   */
  static byte[] hash(String base64) {
    byte[] bytes = base64(base64);
    if (bytes.length != 32) {
      throw new BadInputException("\"%s\" has no 32 bytes".formatted(shown(base64)));
    }
    return bytes;
  }

  /**
   * @throws BadInputException where the bytes are no UTF-8
   */
  static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException("this is no text in UTF-8", e);
    }
  }

  private static String shown(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }
}
