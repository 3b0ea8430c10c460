package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.EmbeddedVocabulary.Type;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An embedded vocabulary as a {@code tokenizer.json}. It is written straight away: a tree of it has
 * hundreds of thousands of nodes, and whoever waits for a model waits for them.
 */
final class EmbeddedJson {
  private static final String SPACE = "\u2581";

  private final EmbeddedVocabulary vocabulary;
  private final String origin;
  private final boolean pieces;
  private final Map<String, Integer> ids;
  private final EmbeddedLists lists;
  private Map<String, String> aliases = Map.of();

  /**
   * @throws BadInputException where the vocabulary is of a kind that is not understood
   */
  EmbeddedJson(EmbeddedVocabulary vocabulary, String origin) {
    this.vocabulary = vocabulary;
    this.origin = origin;
    pieces = vocabulary.hasPieces();
    ids = HashMap.newHashMap(vocabulary.tokens().size());
    check();
    lists = new EmbeddedLists(vocabulary, ids, origin);
  }

  /**
   * Likewise, with what a tokenizer has to know; control tokens answer to aliases from now on, see
   * {@link TokenizerJson}. Merges are left for the library to check, which it does anyway.
   */
  TokenizerJson aliased() {
    Map<String, Integer> controls = new LinkedHashMap<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      if (isControl(id)) {
        controls.put(vocabulary.tokens().get(id), id);
      }
    }
    aliases = TokenizerJson.aliases(controls);
    List<TokenBytes.Step> steps =
        pieces
            ? List.of(new TokenBytes.Replace(SPACE, " "), new TokenBytes.ByteFallback())
            : List.of(new TokenBytes.ByteLevel());
    String[] spelled = vocabulary.tokens().toArray(String[]::new);
    return new TokenizerJson(
        written(), controls, aliases, spelled.length, new TokenBytes(spelled, steps));
  }

  /**
   * The file.
   *
   * @throws BadInputException where a merge is not one of tokens
   */
  String text() {
    checkMerges();
    return written();
  }

  /** Likewise. */
  void checkMerges() {
    lists.checkMerges();
  }

  private String written() {
    StringWriter text = new StringWriter(1 << 20);
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("version", "1.0");
      json.writeNullProperty("truncation");
      json.writeNullProperty("padding");
      addedTokens(json);
      if (pieces) {
        spaces(json);
        json.writeNullProperty("pre_tokenizer");
      } else {
        if (Splitters.composes(vocabulary.splitter())) {
          json.writeObjectPropertyStart("normalizer");
          json.writeStringProperty("type", "NFC");
          json.writeEndObject();
        } else {
          json.writeNullProperty("normalizer");
        }
        words(json);
      }
      beginAndEnd(json);
      json.writeName("decoder");
      if (pieces) {
        pieceDecoder(json);
      } else {
        byteLevel(json);
      }
      model(json);
      json.writeEndObject();
    }
    return text.toString();
  }

  private void check() {
    if (!pieces && !vocabulary.kind().equals("gpt2")) {
      throw wrong("tokenizer.ggml.model", vocabulary.kind(), "gpt2, llama");
    }
    if (!pieces && Splitters.of(vocabulary.splitter()).isEmpty()) {
      throw wrong("tokenizer.ggml.pre", vocabulary.splitter(), Splitters.known());
    }
    int size = vocabulary.tokens().size();
    if (size == 0) {
      throw new BadInputException(origin + " has no tokenizer.ggml.tokens: it holds no tokenizer");
    }
    requireSize("tokenizer.ggml.token_type", vocabulary.types().size(), size);
    requireSize("tokenizer.ggml.scores", vocabulary.scores().size(), size);
    if (pieces && vocabulary.scores().isEmpty()) {
      throw new BadInputException(origin + " has no tokenizer.ggml.scores");
    }
    for (String token : vocabulary.tokens()) {
      if (ids.put(token, ids.size()) != null) {
        throw new BadInputException(
            "%s: tokenizer.ggml.tokens holds %s twice"
                .formatted(origin, EmbeddedLists.shortened(token)));
      }
    }
    for (int id : new int[] {vocabulary.bosId(), vocabulary.eosId(), vocabulary.unknownId()}) {
      if (id >= size) {
        throw new BadInputException(
            "%s: token id %d is not in the vocabulary of %d".formatted(origin, id, size));
      }
    }
  }

  private void requireSize(String key, int actual, int size) {
    if (actual != 0 && actual != size) {
      throw new BadInputException(
          "%s: %s has %d entries for %d tokens".formatted(origin, key, actual, size));
    }
  }

  private BadInputException wrong(String key, String value, String known) {
    return new BadInputException(
        "%s: %s \"%s\" is not understood; known are %s"
            .formatted(origin, key, EmbeddedLists.shortened(value), known));
  }

  private boolean isControl(int id) {
    return vocabulary.is(id, Type.CONTROL)
        || pieces && vocabulary.is(id, Type.UNKNOWN)
        || vocabulary.types().isEmpty() && (id == vocabulary.bosId() || id == vocabulary.eosId());
  }

  private String alias(String token) {
    return aliases.getOrDefault(token, token);
  }

  private void addedTokens(JsonGenerator json) {
    json.writeArrayPropertyStart("added_tokens");
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      boolean control = isControl(id);
      if (control || vocabulary.is(id, Type.USER_DEFINED)) {
        json.writeStartObject();
        json.writeNumberProperty("id", id);
        json.writeStringProperty("content", alias(vocabulary.tokens().get(id)));
        for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
          json.writeBooleanProperty(no, false);
        }
        json.writeBooleanProperty("special", control);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  /** An object of texts, name after name. */
  private static void object(JsonGenerator json, String... namesAndTexts) {
    json.writeStartObject();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      json.writeStringProperty(namesAndTexts[i], namesAndTexts[i + 1]);
    }
    json.writeEndObject();
  }

  private static void replace(JsonGenerator json, String from, String to) {
    json.writeStartObject();
    json.writeStringProperty("type", "Replace");
    json.writeName("pattern");
    object(json, "String", from);
    json.writeStringProperty("content", to);
    json.writeEndObject();
  }

  private static void begin(JsonGenerator json, String type, String parts) {
    json.writeStartObject();
    json.writeStringProperty("type", type);
    json.writeArrayPropertyStart(parts);
  }

  private static void end(JsonGenerator json) {
    json.writeEndArray();
    json.writeEndObject();
  }

  private void spaces(JsonGenerator json) {
    json.writeName("normalizer");
    begin(json, "Sequence", "normalizers");
    if (vocabulary.addSpacePrefix()) {
      object(json, "type", "Prepend", "prepend", SPACE);
    }
    replace(json, " ", SPACE);
    end(json);
  }

  private void words(JsonGenerator json) {
    json.writeName("pre_tokenizer");
    begin(json, "Sequence", "pretokenizers");
    for (String expression : Splitters.of(vocabulary.splitter()).orElseThrow()) {
      json.writeStartObject();
      json.writeStringProperty("type", "Split");
      json.writeName("pattern");
      object(json, "Regex", expression);
      json.writeStringProperty("behavior", "Isolated");
      json.writeBooleanProperty("invert", false);
      json.writeEndObject();
    }
    byteLevel(json);
    end(json);
  }

  private static void byteLevel(JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("type", "ByteLevel");
    for (String no : List.of("add_prefix_space", "trim_offsets", "use_regex")) {
      json.writeBooleanProperty(no, false);
    }
    json.writeEndObject();
  }

  private void pieceDecoder(JsonGenerator json) {
    begin(json, "Sequence", "decoders");
    replace(json, SPACE, " ");
    object(json, "type", "ByteFallback");
    object(json, "type", "Fuse");
    if (vocabulary.addSpacePrefix()) {
      json.writeStartObject();
      json.writeStringProperty("type", "Strip");
      json.writeStringProperty("content", " ");
      json.writeNumberProperty("start", 1);
      json.writeNumberProperty("stop", 0);
      json.writeEndObject();
    }
    end(json);
  }

  private void beginAndEnd(JsonGenerator json) {
    boolean begins = vocabulary.beginsWithBos();
    boolean ends = vocabulary.addEos() && vocabulary.eosId() >= 0;
    if (!begins && !ends) {
      json.writeNullProperty("post_processor");
      return;
    }
    json.writeObjectPropertyStart("post_processor");
    json.writeStringProperty("type", "TemplateProcessing");
    json.writeArrayPropertyStart("single");
    template(json, "A", begins, ends);
    json.writeEndArray();
    json.writeArrayPropertyStart("pair");
    template(json, "A", begins, ends);
    template(json, "B", begins, ends);
    json.writeEndArray();
    json.writeObjectPropertyStart("special_tokens");
    Set<Integer> added = new LinkedHashSet<>();
    if (begins) {
      added.add(vocabulary.bosId());
    }
    if (ends) {
      added.add(vocabulary.eosId());
    }
    for (int id : added) {
      String token = vocabulary.tokens().get(id);
      json.writeObjectPropertyStart(token);
      json.writeStringProperty("id", token);
      json.writeArrayPropertyStart("ids");
      json.writeNumber(id);
      json.writeEndArray();
      json.writeArrayPropertyStart("tokens");
      json.writeString(token);
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void template(JsonGenerator json, String sequence, boolean begins, boolean ends) {
    if (begins) {
      typed(json, "SpecialToken", vocabulary.tokens().get(vocabulary.bosId()));
    }
    typed(json, "Sequence", sequence);
    if (ends) {
      typed(json, "SpecialToken", vocabulary.tokens().get(vocabulary.eosId()));
    }
  }

  private static void typed(JsonGenerator json, String type, String id) {
    json.writeStartObject();
    json.writeObjectPropertyStart(type);
    json.writeStringProperty("id", id);
    json.writeNumberProperty("type_id", 0);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void model(JsonGenerator json) {
    json.writeObjectPropertyStart("model");
    json.writeStringProperty("type", "BPE");
    json.writeNullProperty("dropout");
    int unknown = vocabulary.unknownId();
    if (pieces && unknown >= 0) {
      json.writeStringProperty("unk_token", alias(vocabulary.tokens().get(unknown)));
    } else {
      json.writeNullProperty("unk_token");
    }
    json.writeNullProperty("continuing_subword_prefix");
    json.writeNullProperty("end_of_word_suffix");
    json.writeBooleanProperty("fuse_unk", pieces);
    json.writeBooleanProperty("byte_fallback", pieces);
    json.writeBooleanProperty(
        "ignore_merges", !pieces && Splitters.ignoresMerges(vocabulary.splitter()));
    json.writeName("vocab");
    json.writeRawValue(lists.vocab(aliases));
    json.writeName("merges");
    json.writeRawValue(lists.merges(aliases));
    json.writeEndObject();
  }
}
