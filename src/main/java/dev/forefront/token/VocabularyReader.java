package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import dev.forefront.token.EmbeddedVocabulary.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder's tokenizer in the terms of a GGUF file. */
final class VocabularyReader {
  private final Path file;
  private final JsonNode root;

  private VocabularyReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * @param size rows of the embedding; ids that the tokenizer does not have are filled up
   * @param bosId and {@code eosId}, as the model's configuration has them
   * @throws BadInputException where GGUF has no word for what the tokenizer does
   */
  static EmbeddedVocabulary read(Path folder, int size, int bosId, int eosId) {
    Path file = folder.resolve("tokenizer.json");
    try {
      if (!Files.isRegularFile(file)) {
        Path pieces = folder.resolve("tokenizer.model");
        return SentencePiece.read(Files.readAllBytes(pieces), pieces.toString());
      }
      VocabularyReader reader =
          new VocabularyReader(file, JsonMapper.shared().readTree(Files.readAllBytes(file)));
      String template = ChatMl.embedded(ChatTemplate.template(folder).orElse(""));
      return reader.vocabulary(size, begin(folder, bosId, reader), eosId, template);
    } catch (JacksonException e) {
      throw new BadInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where config.json has none, tokenizer_config.json may; without any llama.cpp takes token 11.
   */
  private static int begin(Path folder, int bosId, VocabularyReader reader) {
    if (bosId >= 0) {
      return bosId;
    }
    String named = ChatTemplate.specials(folder, Loading.UNWITNESSED).getOrDefault("bos_token", "");
    if (named.isEmpty()) {
      return bosId;
    }
    for (JsonNode added : reader.root.path("added_tokens")) {
      if (added.path("content").asString("").equals(named)) {
        return added.path("id").asInt(-1);
      }
    }
    return -1;
  }

  private EmbeddedVocabulary vocabulary(int size, int bosId, int eosId, String template) {
    JsonNode model = root.path("model");
    if (!model.path("type").asString("").equals("BPE")) {
      throw wrong("model " + model.path("type").asString("?"));
    }
    boolean pieces = model.path("byte_fallback").asBoolean(false);
    String splitter = pieces ? "default" : splitter();
    List<String> tokens = tokens(model, size);
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      merges.add(
          merge.isArray()
              ? merge.path(0).asString("") + " " + merge.path(1).asString("")
              : merge.asString(""));
    }
    String unknown = model.path("unk_token").asString("");
    return new EmbeddedVocabulary(
        pieces ? "llama" : "gpt2",
        splitter,
        tokens,
        types(tokens, unknown, pieces),
        pieces ? scores(tokens, merges) : List.of(),
        pieces ? List.of() : merges,
        bosId,
        eosId,
        tokens.indexOf(unknown),
        begins(),
        false,
        pieces && prefixed(),
        template);
  }

  private List<String> tokens(JsonNode model, int size) {
    Map<Integer, String> byId = new HashMap<>();
    model.path("vocab").forEachEntry((token, id) -> byId.put(id.asInt(), token));
    for (JsonNode added : root.path("added_tokens")) {
      byId.put(added.path("id").asInt(), added.path("content").asString(""));
    }
    int largest = byId.isEmpty() ? -1 : Collections.max(byId.keySet());
    if (largest >= size) {
      throw new BadInputException(
          "%s has token id %d, but the model's embedding has %d rows"
              .formatted(file, largest, size));
    }
    List<String> tokens = new ArrayList<>(size);
    for (int id = 0; id < size; id++) {
      tokens.add(byId.getOrDefault(id, "[PAD" + id + "]"));
    }
    return tokens;
  }

  private List<Integer> types(List<String> tokens, String unknown, boolean pieces) {
    Map<String, Type> added = new HashMap<>();
    for (JsonNode one : root.path("added_tokens")) {
      boolean control = one.path("special").asBoolean(false);
      added.put(one.path("content").asString(""), control ? Type.CONTROL : Type.USER_DEFINED);
    }
    Set<String> known = Set.copyOf(root.path("model").path("vocab").propertyNames());
    List<Integer> types = new ArrayList<>(tokens.size());
    for (String token : tokens) {
      Type type =
          pieces && token.equals(unknown)
              ? Type.UNKNOWN
              : added.containsKey(token)
                  ? added.get(token)
                  : pieces && token.matches("<0x[0-9A-F]{2}>")
                      ? Type.BYTE
                      : known.contains(token) ? Type.NORMAL : Type.UNUSED;
      types.add(type.code());
    }
    return types;
  }

  /** A merge's place tells its score: the first applies first. */
  private static List<Float> scores(List<String> tokens, List<String> merges) {
    Map<String, Integer> ranks = new HashMap<>();
    for (int rank = 0; rank < merges.size(); rank++) {
      ranks.putIfAbsent(merges.get(rank).replace(" ", ""), rank);
    }
    return tokens.stream()
        .map(token -> ranks.containsKey(token) ? -(float) (ranks.get(token) + 1) : 0f)
        .toList();
  }

  /** Whether the post-processor puts a token before the text. */
  private boolean begins() {
    JsonNode processor = root.path("post_processor");
    List<JsonNode> all = new ArrayList<>(List.of(processor));
    processor.path("processors").forEach(all::add);
    return all.stream().anyMatch(one -> one.path("single").path(0).has("SpecialToken"));
  }

  private boolean prefixed() {
    for (JsonNode step : root.path("normalizer").path("normalizers")) {
      if (step.path("type").asString("").equals("Prepend")) {
        return true;
      }
    }
    JsonNode words = root.path("pre_tokenizer");
    return words.path("type").asString("").equals("Metaspace")
        && !words.path("prepend_scheme").asString("").equals("never");
  }

  private String splitter() {
    List<String> expressions = new ArrayList<>();
    JsonNode words = root.path("pre_tokenizer");
    List<JsonNode> steps = new ArrayList<>();
    if (words.has("pretokenizers")) {
      words.path("pretokenizers").forEach(steps::add);
    } else {
      steps.add(words);
    }
    for (JsonNode step : steps) {
      switch (step.path("type").asString("")) {
        case "Split" -> expressions.add(step.path("pattern").path("Regex").asString(""));
        case "Digits" -> expressions.add("\\p{N}");
        case "ByteLevel" -> {
          if (step.path("add_prefix_space").asBoolean(false)) {
            throw wrong("add_prefix_space");
          }
          if (step.path("use_regex").asBoolean(true)) {
            expressions.add(Splitters.GPT2);
          }
        }
        default -> throw wrong("pre_tokenizer " + step.path("type").asString("?"));
      }
    }
    String normalizer = root.path("normalizer").path("type").asString("");
    for (String name : Splitters.names()) {
      boolean same = Splitters.of(name).orElseThrow().equals(expressions);
      boolean composes = Splitters.composes(name);
      boolean ignores = root.path("model").path("ignore_merges").asBoolean(false);
      if (same
          && normalizer.equals(composes ? "NFC" : "")
          && (Splitters.ignoresMerges(name) || !ignores)) {
        return name;
      }
    }
    throw wrong("its way to cut text into words, " + expressions);
  }

  private BadInputException wrong(String what) {
    return new BadInputException("%s: GGUF has no word for %s".formatted(file, what));
  }
}
