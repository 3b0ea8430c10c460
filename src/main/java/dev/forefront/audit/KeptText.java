package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One text beside the log: a line of JSON. Its entry holds the SHA-256 of salt and text alone; 32
 * random bytes of salt keep even a short text from being guessed once both are gone.
 */
record KeptText(
    long number, Instant time, Map<String, String> tags, String name, byte[] salt, String text) {
  private static final int SALT = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static KeptText of(
      long number, Instant time, Map<String, String> tags, String name, String text) {
    byte[] salt = new byte[SALT];
    RANDOM.nextBytes(salt);
    // As it will be read again: half of a surrogate pair has no bytes of its own.
    String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return new KeptText(number, time, tags, name, salt, whole);
  }

  /** What the entry says of the text, in hex. */
  String commitment() {
    MessageDigest digest = Sha256.digest();
    digest.update(salt);
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  boolean isMeantBy(Erasure erasure) {
    return switch (erasure) {
      case Erasure.Tagged tagged -> tagged.value().equals(tags.get(tagged.tag()));
      case Erasure.Before before -> time.isBefore(before.time());
    };
  }

  /** With the line's end. */
  byte[] line() {
    ObjectNode node = JSON.createObjectNode();
    node.put("n", number);
    node.put("time", time.toString());
    ObjectNode all = node.putObject("tags");
    tags.forEach(all::put);
    node.put("name", name);
    node.put("salt", Base64.getEncoder().encodeToString(salt));
    node.put("text", text);
    return (JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws BadInputException where the line is no kept text
   */
  static KeptText read(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      byte[] salt = Strict.base64(node.path("salt").asString(""));
      if (node.path("n").isIntegralNumber()
          && node.path("text").isString()
          && node.path("name").isString()
          && salt.length == SALT) {
        Map<String, String> tags = new LinkedHashMap<>();
        node.path("tags")
            .properties()
            .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString("")));
        return new KeptText(
            node.path("n").asLong(),
            Instant.parse(node.path("time").asString("")),
            tags,
            node.path("name").asString(),
            salt,
            node.path("text").asString());
      }
    } catch (JacksonException | DateTimeException e) {
      throw new BadInputException("this is no text kept beside an audit log: " + e.getMessage(), e);
    }
    throw new BadInputException("this is no text kept beside an audit log");
  }
}
