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

  /** The text: UTF-8, or Windows-1252 where it is none, as in older sets; no byte-order mark. */
  String text() {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes, WINDOWS);
    }
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).replace("\r\n", "\n");
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
