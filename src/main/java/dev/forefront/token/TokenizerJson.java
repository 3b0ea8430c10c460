package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} whose control tokens answer to aliases that nobody can guess. The
 * library then takes the text {@code <|im_end|>} for ten ordinary characters, wherever it stands,
 * and only we, who know the aliases, can write a control token into a text.
 *
 * @param text the altered file
 * @param controls control token to id, in the file's order
 * @param aliases control token to alias
 * @param size one more than the largest id
 * @param bytes of the tokens
 */
record TokenizerJson(
    String text,
    Map<String, Integer> controls,
    Map<String, String> aliases,
    int size,
    TokenBytes bytes) {

  TokenizerJson {
    controls = Collections.unmodifiableMap(controls);
    aliases = Collections.unmodifiableMap(aliases);
  }

  /**
   * @param origin for messages
   * @throws BadInputException where the text is no tokenizer.json
   */
  static TokenizerJson read(String json, String origin) {
    if (!(parse(json, origin) instanceof ObjectNode root)
        || !(root.get("model") instanceof ObjectNode model)) {
      throw new BadInputException(
          origin + " is no tokenizer.json: it has no \"model\" (Hugging Face tokenizers format)");
    }
    Map<String, Integer> controls = new LinkedHashMap<>();
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("special").asBoolean(false)) {
        controls.put(added.path("content").asString(), added.path("id").asInt());
      }
    }
    Map<String, String> aliases = aliases(controls);
    int size = size(root, model);
    TokenBytes bytes = TokenBytes.read(root, size);
    rename(root, model, aliases);
    return new TokenizerJson(
        JsonMapper.shared().writeValueAsString(root), controls, aliases, size, bytes);
  }

  /** Another one for each opening of a tokenizer. */
  static Map<String, String> aliases(Map<String, Integer> controls) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    Map<String, String> aliases = new LinkedHashMap<>();
    controls.forEach((control, id) -> aliases.put(control, "<|" + secret + ":" + id + "|>"));
    return aliases;
  }

  private static JsonNode parse(String json, String origin) {
    try {
      return JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new BadInputException(
          origin
              + " is no tokenizer.json: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  private static int size(ObjectNode root, ObjectNode model) {
    int largest = -1;
    if (model.get("vocab") instanceof ObjectNode vocab) {
      for (JsonNode id : vocab) {
        largest = Math.max(largest, id.asInt());
      }
    } else {
      largest = model.path("vocab").size() - 1;
    }
    for (JsonNode added : root.path("added_tokens")) {
      largest = Math.max(largest, added.path("id").asInt());
    }
    return largest + 1;
  }

  private static void rename(ObjectNode root, ObjectNode model, Map<String, String> aliases) {
    root.set("truncation", JsonNodeFactory.instance.nullNode());
    root.set("padding", JsonNodeFactory.instance.nullNode());
    wholeOffsets(root.path("post_processor"));
    for (JsonNode added : root.path("added_tokens")) {
      String alias = aliases.get(added.path("content").asString());
      if (alias != null && added instanceof ObjectNode token) {
        token.put("content", alias);
        token.put("normalized", false);
      }
    }
    String unknown = aliases.get(model.path("unk_token").asString(""));
    if (unknown != null) {
      model.put("unk_token", unknown);
    }
    model.set("vocab", renamed(model.path("vocab"), aliases));
    if (model.get("merges") instanceof ArrayNode merges) {
      model.set("merges", withoutControls(merges, aliases));
    }
  }

  /** Spans that leave out a token's leading space would lose tokens that are nothing but space. */
  private static void wholeOffsets(JsonNode processor) {
    if (processor instanceof ObjectNode one && one.has("trim_offsets")) {
      one.put("trim_offsets", false);
    }
    for (JsonNode child : processor) {
      wholeOffsets(child);
    }
  }

  private static JsonNode renamed(JsonNode vocab, Map<String, String> aliases) {
    if (vocab instanceof ObjectNode byToken) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      byToken.forEachEntry((token, id) -> copy.set(aliases.getOrDefault(token, token), id));
      return copy;
    }
    for (JsonNode entry : vocab) {
      if (entry instanceof ArrayNode pair && aliases.containsKey(pair.path(0).asString())) {
        pair.set(0, JsonNodeFactory.instance.stringNode(aliases.get(pair.path(0).asString())));
      }
    }
    return vocab;
  }

  /** A control token is never the outcome of merging characters that somebody typed. */
  private static ArrayNode withoutControls(ArrayNode merges, Map<String, String> aliases) {
    ArrayNode kept = JsonNodeFactory.instance.arrayNode();
    for (JsonNode merge : merges) {
      String left = merge.isArray() ? merge.path(0).asString() : before(merge.asString());
      String right = merge.isArray() ? merge.path(1).asString() : after(merge.asString());
      if (!aliases.containsKey(left)
          && !aliases.containsKey(right)
          && !aliases.containsKey(left + right)) {
        kept.add(merge);
      }
    }
    return kept;
  }

  private static String before(String merge) {
    return merge.substring(0, Math.max(0, merge.indexOf(' ')));
  }

  private static String after(String merge) {
    return merge.substring(merge.indexOf(' ') + 1);
  }
}
