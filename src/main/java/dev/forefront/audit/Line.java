package dev.forefront.audit;

import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry as bytes: {@code {"n":…,"time":…,"kind":…,"fields":{…},"previous":"…","hash":"…"}}. The
 * bytes as written are the canonical ones: the hash is over everything before {@code ,"hash":}, so
 * there is one way to check a line and nothing to normalize.
 */
final class Line {
  /** Bytes of the longest line that is read; a longer one is damage. */
  static final int LONGEST = 1 << 20;

  /** Bytes of the longest line that is written: what an entry bundle holds (C2SP tlog-tiles). */
  static final int LONGEST_WRITTEN = (1 << 16) - 1;

  /** What the first line names as its predecessor. */
  static final String NOTHING = "0".repeat(64);

  private static final byte[] BEFORE_HASH = ",\"hash\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AFTER_HASH = "\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = BEFORE_HASH.length + 64 + AFTER_HASH.length;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Line() {}

  /** An entry and its bytes, without the line's end. */
  record Written(Entry entry, byte[] bytes) {}

  /**
   * @throws IllegalArgumentException where the line would be longer than {@link #LONGEST_WRITTEN}
   */
  static Written write(long number, Instant time, String kind, JsonNode fields, String previous) {
    ObjectNode node = JSON.createObjectNode();
    node.put("n", number);
    node.put("time", time.toString());
    node.put("kind", kind);
    node.set("fields", fields);
    node.put("previous", previous);
    byte[] object = JSON.writeValueAsBytes(node);
    byte[] head = Arrays.copyOf(object, object.length - 1);
    if (head.length + TAIL > LONGEST_WRITTEN) {
      throw new IllegalArgumentException(
          "an audit entry has at most %,d bytes; this one has %,d"
              .formatted(LONGEST_WRITTEN, head.length + TAIL));
    }
    String hash = Sha256.hex(head);
    byte[] line = Arrays.copyOf(head, head.length + TAIL);
    System.arraycopy(BEFORE_HASH, 0, line, head.length, BEFORE_HASH.length);
    byte[] hex = hash.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(hex, 0, line, head.length + BEFORE_HASH.length, hex.length);
    System.arraycopy(AFTER_HASH, 0, line, line.length - AFTER_HASH.length, AFTER_HASH.length);
    return new Written(new Entry(number, time, kind, fields, hash), line);
  }

  /** Reads a line that must be entry {@code number} and follow {@code previous}. */
  static Entry read(byte[] line, long number, String previous) throws Damage {
    int head = line.length - TAIL;
    if (head < 2
        || !matches(line, head, BEFORE_HASH)
        || !matches(line, line.length - AFTER_HASH.length, AFTER_HASH)) {
      throw new Damage(number, "the line does not end as an entry does");
    }
    String hash = new String(line, head + BEFORE_HASH.length, 64, StandardCharsets.ISO_8859_1);
    if (!Sha256.hex(Arrays.copyOf(line, head)).equals(hash)) {
      throw new Damage(number, "the line's bytes do not have the hash that the line names");
    }
    return parse(line, number, previous, hash);
  }

  private static Entry parse(byte[] line, long number, String previous, String hash) throws Damage {
    JsonNode node;
    Instant time;
    try {
      node = JSON.readTree(line);
      time = Instant.parse(node.path("time").asString(""));
    } catch (JacksonException | DateTimeException e) {
      throw new Damage(number, "the line is no entry: " + e.getMessage());
    }
    if (!node.path("n").isIntegralNumber() || node.path("n").asLong() != number) {
      throw new Damage(
          number,
          "here stands entry %s, so entries are missing or swapped".formatted(node.path("n")));
    }
    if (!node.path("previous").asString("").equals(previous)) {
      throw new Damage(number, "the line does not name the hash of the line before it");
    }
    return new Entry(number, time, node.path("kind").asString(""), node.path("fields"), hash);
  }

  private static boolean matches(byte[] line, int at, byte[] expected) {
    return Arrays.equals(line, at, at + expected.length, expected, 0, expected.length);
  }
}
