package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.model.Gguf;
import dev.forefront.model.GgufMetadata;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.EmbeddedVocabulary;
import dev.forefront.token.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The tokenizer and chat template inside a GGUF file. */
public final class GgufTokenizer {
  private static final String KEY = "tokenizer.ggml.";
  // What a file has for tools alone, beside its usual template.
  private static final String TOOL_USE = "tokenizer.chat_template.tool_use";

  private GgufTokenizer() {}

  /** What the metadata says. */
  public static EmbeddedVocabulary vocabulary(Gguf gguf) {
    String kind = gguf.text(KEY + "model").orElse("");
    return new EmbeddedVocabulary(
        kind,
        gguf.text(KEY + "pre").orElse("default"),
        gguf.texts(KEY + "tokens"),
        gguf.integers(KEY + "token_type"),
        gguf.floats(KEY + "scores"),
        gguf.texts(KEY + "merges"),
        id(gguf, "bos_token_id", -1),
        id(gguf, "eos_token_id", -1),
        id(gguf, "unknown_token_id", kind.equals("llama") ? 0 : -1),
        gguf.truth(KEY + "add_bos_token").orElse(null),
        gguf.truth(KEY + "add_eos_token").orElse(false),
        gguf.truth(KEY + "add_space_prefix").orElse(true),
        gguf.text("tokenizer.chat_template").orElse(""));
  }

  /** Puts a tokenizer into the metadata of a file to write. */
  public static GgufMetadata put(GgufMetadata metadata, EmbeddedVocabulary vocabulary) {
    metadata.put(KEY + "model", vocabulary.kind());
    metadata.put(KEY + "pre", vocabulary.splitter());
    metadata.putTexts(KEY + "tokens", vocabulary.tokens());
    if (!vocabulary.types().isEmpty()) {
      metadata.putInts(KEY + "token_type", vocabulary.types());
    }
    if (!vocabulary.scores().isEmpty()) {
      metadata.putFloats(KEY + "scores", vocabulary.scores());
    }
    if (!vocabulary.merges().isEmpty()) {
      metadata.putTexts(KEY + "merges", vocabulary.merges());
    }
    putId(metadata, "bos_token_id", vocabulary.bosId());
    putId(metadata, "eos_token_id", vocabulary.eosId());
    putId(metadata, "unknown_token_id", vocabulary.unknownId());
    Boolean addBos = vocabulary.addBos();
    if (addBos != null) {
      metadata.put(KEY + "add_bos_token", addBos.booleanValue());
    }
    metadata.put(KEY + "add_eos_token", vocabulary.addEos());
    if (vocabulary.hasPieces()) {
      metadata.put(KEY + "add_space_prefix", vocabulary.addSpacePrefix());
    }
    if (!vocabulary.chatTemplate().isEmpty()) {
      metadata.put("tokenizer.chat_template", vocabulary.chatTemplate());
    }
    return metadata;
  }

  private static void putId(GgufMetadata metadata, String name, int id) {
    if (id >= 0) {
      metadata.put(KEY + name, id);
    }
  }

  static Tokenizer tokenizer(Gguf gguf, EmbeddedVocabulary vocabulary) {
    return Tokenizer.of(vocabulary, gguf.file().toString());
  }

  /**
   * @throws BadInputException where the file holds none and the tokenizer has no tokens for the
   *     house's own
   */
  static ChatTemplate template(Gguf gguf, EmbeddedVocabulary vocabulary, Tokenizer tokenizer) {
    if (vocabulary.chatTemplate().isEmpty()) {
      return ChatTemplate.chatMl(tokenizer);
    }
    Map<String, String> specials = specials(vocabulary);
    return ChatTemplate.of(vocabulary.chatTemplate(), tokenizer, specials)
        .with(gguf.text(TOOL_USE), specials);
  }

  /** What templates know as {@code bos_token} and so on. */
  public static Map<String, String> specials(EmbeddedVocabulary vocabulary) {
    Map<String, String> specials = new LinkedHashMap<>();
    int size = vocabulary.tokens().size();
    if (vocabulary.bosId() >= 0 && vocabulary.bosId() < size) {
      specials.put("bos_token", vocabulary.tokens().get(vocabulary.bosId()));
    }
    if (vocabulary.eosId() >= 0 && vocabulary.eosId() < size) {
      specials.put("eos_token", vocabulary.tokens().get(vocabulary.eosId()));
    }
    return specials;
  }

  private static int id(Gguf gguf, String name, int otherwise) {
    OptionalLong id = gguf.whole(KEY + name);
    return id.isEmpty() || id.getAsLong() < 0 || id.getAsLong() > Integer.MAX_VALUE
        ? otherwise
        : (int) id.getAsLong();
  }
}
