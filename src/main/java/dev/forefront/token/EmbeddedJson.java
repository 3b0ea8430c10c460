package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.EmbeddedVocabulary.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An embedded vocabulary as a {@code tokenizer.json}. */
final class EmbeddedJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SPACE = "\u2581";

  private final EmbeddedVocabulary vocabulary;
  private final String origin;
  private final boolean pieces;

  EmbeddedJson(EmbeddedVocabulary vocabulary, String origin) {
    this.vocabulary = vocabulary;
    this.origin = origin;
    pieces = vocabulary.kind().equals("llama");
  }

  /**
   * @throws BadInputException where the vocabulary is of a kind that is not understood
   */
  String text() {
    check();
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    root.set("added_tokens", addedTokens());
    if (pieces) {
      root.set("normalizer", spaces());
      root.putNull("pre_tokenizer");
    } else {
      root.set(
          "normalizer",
          Splitters.composes(vocabulary.splitter())
              ? NODES.objectNode().put("type", "NFC")
              : NODES.nullNode());
      root.set("pre_tokenizer", words());
    }
    root.set("post_processor", beginAndEnd());
    root.set("decoder", pieces ? pieceDecoder() : byteLevel());
    root.set("model", model());
    return JsonMapper.shared().writeValueAsString(root);
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
    Set<String> seen = new HashSet<>();
    for (String token : vocabulary.tokens()) {
      if (!seen.add(token)) {
        throw new BadInputException(
            "%s: tokenizer.ggml.tokens holds %s twice".formatted(origin, shortened(token)));
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
            .formatted(origin, key, shortened(value), known));
  }

  private static String shortened(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }

  private ArrayNode addedTokens() {
    ArrayNode added = NODES.arrayNode();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      boolean control =
          vocabulary.is(id, Type.CONTROL)
              || pieces && vocabulary.is(id, Type.UNKNOWN)
              || vocabulary.types().isEmpty()
                  && (id == vocabulary.bosId() || id == vocabulary.eosId());
      if (control || vocabulary.is(id, Type.USER_DEFINED)) {
        ObjectNode token = added.addObject();
        token.put("id", id);
        token.put("content", vocabulary.tokens().get(id));
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", control);
      }
    }
    return added;
  }

  private ObjectNode spaces() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    if (vocabulary.addSpacePrefix()) {
      steps.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", " ");
    replace.put("content", SPACE);
    return sequence;
  }

  private ObjectNode words() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    for (String expression : Splitters.of(vocabulary.splitter()).orElseThrow()) {
      ObjectNode split = steps.addObject().put("type", "Split");
      split.putObject("pattern").put("Regex", expression);
      split.put("behavior", "Isolated");
      split.put("invert", false);
    }
    steps.add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    return NODES
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  private ObjectNode pieceDecoder() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("decoders");
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", SPACE);
    replace.put("content", " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    if (vocabulary.addSpacePrefix()) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    return sequence;
  }

  private tools.jackson.databind.JsonNode beginAndEnd() {
    boolean end = vocabulary.addEos() && vocabulary.eosId() >= 0;
    if (!vocabulary.beginsWithBos() && !end) {
      return NODES.nullNode();
    }
    ObjectNode template = NODES.objectNode().put("type", "TemplateProcessing");
    ObjectNode specials = NODES.objectNode();
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    for (String sequence : List.of("A", "B")) {
      List<ArrayNode> into = sequence.equals("A") ? List.of(single, pair) : List.of(pair);
      for (ArrayNode list : into) {
        if (vocabulary.beginsWithBos()) {
          special(list, specials, vocabulary.bosId());
        }
        list.addObject().putObject("Sequence").put("id", sequence).put("type_id", 0);
        if (end) {
          special(list, specials, vocabulary.eosId());
        }
      }
    }
    template.set("special_tokens", specials);
    return template;
  }

  private void special(ArrayNode list, ObjectNode specials, int id) {
    String token = vocabulary.tokens().get(id);
    list.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
    ObjectNode special = specials.putObject(token).put("id", token);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(token);
  }

  private ObjectNode model() {
    ObjectNode model = NODES.objectNode();
    model.put("type", "BPE");
    model.putNull("dropout");
    int unknown = vocabulary.unknownId();
    if (pieces && unknown >= 0) {
      model.put("unk_token", vocabulary.tokens().get(unknown));
    } else {
      model.putNull("unk_token");
    }
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", pieces);
    model.put("byte_fallback", pieces);
    model.put("ignore_merges", !pieces && Splitters.ignoresMerges(vocabulary.splitter()));
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      ids.put(vocabulary.tokens().get(id), id);
    }
    ObjectNode vocab = model.putObject("vocab");
    ids.forEach(vocab::put);
    ArrayNode merges = model.putArray("merges");
    if (pieces) {
      pairs(ids).forEach(pair -> merges.addArray().add(pair.left()).add(pair.right()));
    } else {
      for (String merge : vocabulary.merges()) {
        int space = merge.indexOf(' ', 1);
        if (space < 0
            || !ids.containsKey(merge.substring(0, space))
            || !ids.containsKey(merge.substring(space + 1))
            || !ids.containsKey(merge.substring(0, space) + merge.substring(space + 1))) {
          throw new BadInputException(
              "%s: tokenizer.ggml.merges holds %s, which is no pair of tokens that make one"
                  .formatted(origin, shortened(merge)));
        }
        merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
      }
    }
    return model;
  }

  private record Pair(String left, String right, float score) {}

  /**
   * All pairs of pieces that make a piece, in the order in which SentencePiece would merge them:
   * the piece with the higher score first.
   */
  private List<Pair> pairs(Map<String, Integer> ids) {
    List<Pair> pairs = new ArrayList<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      String token = vocabulary.tokens().get(id);
      boolean merges = vocabulary.types().isEmpty() || vocabulary.is(id, Type.NORMAL);
      for (int i = 1; merges && i < token.length(); i++) {
        Integer left = ids.get(token.substring(0, i));
        Integer right = ids.get(token.substring(i));
        if (left != null && right != null && ordinary(left) && ordinary(right)) {
          pairs.add(
              new Pair(token.substring(0, i), token.substring(i), vocabulary.scores().get(id)));
        }
      }
    }
    // Stable: equal scores stay in the order of ids.
    pairs.sort(Comparator.comparingDouble((Pair pair) -> -pair.score()));
    return pairs;
  }

  private boolean ordinary(int id) {
    return vocabulary.types().isEmpty()
        || vocabulary.is(id, Type.NORMAL)
        || vocabulary.is(id, Type.USER_DEFINED);
  }
}
