package dev.forefront.token;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which bytes of a text each token stands for, as the decoder of a {@code tokenizer.json} says:
 * many a token is but a part of a character. Spaces that a decoder strips from the beginning of a
 * whole text are still there.
 */
final class TokenBytes {
  private static final int[] BYTES = bytes();
  // More than any vocabulary has; a file that names such ids may not take the memory for them.
  private static final int MOST_IDS = 1 << 24;

  private final @Nullable String[] spelled;
  private final List<JsonNode> steps = new ArrayList<>();
  private final boolean known;

  /**
   * @param root of the file as it came
   * @param size one more than the largest id
   */
  TokenBytes(JsonNode root, int size) {
    spelled = new @Nullable String[Math.min(size, MOST_IDS)];
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
        spell(token.getValue().asInt(), token.getKey());
      }
    } else {
      int id = 0;
      for (JsonNode token : vocabulary) {
        spell(id++, token.path(0).asString(""));
      }
    }
    for (JsonNode added : root.path("added_tokens")) {
      spell(added.path("id").asInt(), added.path("content").asString(""));
    }
    JsonNode decoder = root.path("decoder");
    if (decoder.path("type").asString("").equals("Sequence")) {
      decoder.path("decoders").forEach(steps::add);
    } else {
      steps.add(decoder);
    }
    known = steps.stream().allMatch(TokenBytes::isKnown);
  }

  private void spell(int id, String text) {
    if (id >= 0 && id < spelled.length) {
      spelled[id] = text;
    }
  }

  private static boolean isKnown(JsonNode step) {
    return switch (step.path("type").asString("")) {
      case "ByteLevel", "ByteFallback", "Metaspace", "Fuse" -> true;
      case "Replace" -> step.path("pattern").path("String").isString();
      // At the end of a text it would take away what a token gave.
      case "Strip" -> step.path("stop").asInt(0) == 0;
      default -> false;
    };
  }

  /** Whether the decoder is one whose tokens have bytes of their own. */
  boolean known() {
    return known;
  }

  /** The bytes of a token; empty where there is no such token. */
  byte[] of(int id) {
    String text = id < spelled.length ? spelled[id] : null;
    if (text == null || !known) {
      return new byte[0];
    }
    for (JsonNode step : steps) {
      switch (step.path("type").asString()) {
        case "ByteLevel" -> {
          return byteLevel(text);
        }
        case "ByteFallback" -> {
          if (text.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(text.substring(3, 5), 16)};
          }
        }
        case "Replace" ->
            text =
                text.replace(
                    step.path("pattern").path("String").asString(),
                    step.path("content").asString(""));
        case "Metaspace" -> text = text.replace(step.path("replacement").asString("\u2581"), " ");
        default -> {}
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A token that is not spelled in symbols of bytes alone was added, and stands for itself. */
  private static byte[] byteLevel(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      bytes.write(BYTES[c]);
    }
    return bytes.toByteArray();
  }

  private static int[] bytes() {
    int[] bytes = new int[0x200];
    Arrays.fill(bytes, -1);
    for (int b = 0; b < 256; b++) {
      bytes[ByteSymbols.of(b)] = b;
    }
    return bytes;
  }
}
