package dev.forefront.data.sets;

import dev.forefront.conversation.BadInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of a set's own files, unpacked.
 *
 * @param name with the folders it has inside the set, {@code /} between them
 */
record SetFile(String name, byte[] bytes) {
  private static final Charset WINDOWS = Charset.forName("windows-1252");

  /**
   * The text: UTF-8, or UTF-16 where it says so, or Windows-1252 where it is neither, as in older
   * sets; no byte-order mark.
   */
  String text() {
    String text;
    if (startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff)) {
      return new String(bytes, StandardCharsets.UTF_16).replace("\r\n", "\n");
    }
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes, WINDOWS);
    }
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).replace("\r\n", "\n");
  }

  private boolean startsWith(int first, int second) {
    return bytes.length > 1 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }

  JsonNode json() {
    return parse(text());
  }

  JsonNode parse(String json) {
    try {
      return JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new BadInputException(name + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The name without folders and ending. */
  String stem() {
    String last = name.substring(name.lastIndexOf('/') + 1);
    int dot = last.lastIndexOf('.');
    return dot > 0 ? last.substring(0, dot) : last;
  }
}
