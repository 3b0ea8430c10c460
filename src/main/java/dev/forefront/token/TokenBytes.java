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

  /** What a decoder does to a token's spelling. */
  sealed interface Step {}

  /** It stands for bytes, symbol by symbol. */
  record ByteLevel() implements Step {}

  /** A spelling such as {@code <0x0A>} is one byte. */
  record ByteFallback() implements Step {}

  record Replace(String from, String to) implements Step {}

  /** Nothing, as far as a single token goes. */
  record Nothing() implements Step {}

  /** What gives tokens no bytes of their own. */
  record Other() implements Step {}

  private final @Nullable String[] spelled;
  private final List<Step> steps;
  private final boolean known;

  /**
   * @param spelled the spelling of each id, where there is one
   * @param steps of the decoder
   */
  TokenBytes(@Nullable String[] spelled, List<Step> steps) {
    this.spelled = spelled;
    this.steps = steps;
    known = steps.stream().noneMatch(Other.class::isInstance);
  }

  /**
   * @param root of the file as it came
   * @param size one more than the largest id
   */
  static TokenBytes read(JsonNode root, int size) {
    @Nullable String[] spelled = new @Nullable String[Math.min(size, MOST_IDS)];
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
        spell(spelled, token.getValue().asInt(), token.getKey());
      }
    } else {
      int id = 0;
      for (JsonNode token : vocabulary) {
        spell(spelled, id++, token.path(0).asString(""));
      }
    }
    for (JsonNode added : root.path("added_tokens")) {
      spell(spelled, added.path("id").asInt(), added.path("content").asString(""));
    }
    List<Step> steps = new ArrayList<>();
    JsonNode decoder = root.path("decoder");
    if (decoder.path("type").asString("").equals("Sequence")) {
      decoder.path("decoders").forEach(step -> steps.add(step(step)));
    } else {
      steps.add(step(decoder));
    }
    return new TokenBytes(spelled, steps);
  }

  private static void spell(@Nullable String[] spelled, int id, String text) {
    if (id >= 0 && id < spelled.length) {
      spelled[id] = text;
    }
  }

  private static Step step(JsonNode step) {
    return switch (step.path("type").asString("")) {
      case "ByteLevel" -> new ByteLevel();
      case "ByteFallback" -> new ByteFallback();
      case "Metaspace" -> new Replace(step.path("replacement").asString("\u2581"), " ");
      case "Fuse" -> new Nothing();
      case "Replace" -> {
        JsonNode from = step.path("pattern").path("String");
        yield from.isString()
            ? new Replace(from.asString(), step.path("content").asString(""))
            : new Other();
      }
      // At the end of a text it would take away what a token gave.
      case "Strip" -> step.path("stop").asInt(0) == 0 ? new Nothing() : new Other();
      default -> new Other();
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
    for (Step step : steps) {
      switch (step) {
        case ByteLevel _ -> {
          return byteLevel(text);
        }
        case ByteFallback _ -> {
          if (text.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(text.substring(3, 5), 16)};
          }
        }
        case Replace replace -> text = text.replace(replace.from(), replace.to());
        case Nothing _, Other _ -> {}
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
