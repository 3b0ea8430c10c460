package dev.forefront.token;

import dev.forefront.conversation.AtomicFile;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes a trained vocabulary as the files that Hugging Face's libraries load. */
public final class TokenizerWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

  private TokenizerWriter() {}

  /** Writes {@code tokenizer.json}, {@code tokenizer_config.json}, {@code chat_template.jinja}. */
  public static void write(Path folder, BpeModel model) {
    AtomicFile.write(folder.resolve("tokenizer.json"), tokenizerJson(model));
    AtomicFile.write(
        folder.resolve("tokenizer_config.json"), JSON.writeValueAsString(config(model)) + "\n");
    if (model.specials().contains(ChatMl.START) && model.specials().contains(ChatMl.END)) {
      AtomicFile.write(folder.resolve(ChatTemplate.FILE), ChatTemplate.chatMlJinja());
    }
  }

  /** Likewise, what a GGUF file or a SentencePiece model holds. */
  static void write(Path folder, EmbeddedVocabulary vocabulary, String origin) {
    AtomicFile.write(folder.resolve("tokenizer.json"), Tokenizer.json(vocabulary, origin) + "\n");
    ObjectNode config = NODES.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    putToken(config, "bos_token", vocabulary, vocabulary.bosId());
    putToken(config, "eos_token", vocabulary, vocabulary.eosId());
    config.put("clean_up_tokenization_spaces", false);
    AtomicFile.write(
        folder.resolve("tokenizer_config.json"), JSON.writeValueAsString(config) + "\n");
    if (!vocabulary.chatTemplate().isEmpty()) {
      AtomicFile.write(
          folder.resolve(ChatTemplate.FILE), ChatMl.extracted(vocabulary.chatTemplate()));
    }
  }

  private static void putToken(
      ObjectNode config, String key, EmbeddedVocabulary vocabulary, int id) {
    if (id >= 0 && id < vocabulary.tokens().size()) {
      config.put(key, vocabulary.tokens().get(id));
    }
  }

  static String tokenizerJson(BpeModel model) {
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    root.set("added_tokens", addedTokens(model.specials()));
    root.putNull("normalizer");
    root.set("pre_tokenizer", preTokenizer(model.split()));
    root.putNull("post_processor");
    root.set("decoder", byteLevel());
    root.set("model", bpe(model));
    return JSON.writeValueAsString(root) + "\n";
  }

  private static ArrayNode addedTokens(List<String> specials) {
    ArrayNode tokens = NODES.arrayNode();
    for (int id = 0; id < specials.size(); id++) {
      ObjectNode token = tokens.addObject();
      token.put("id", id);
      describe(token, specials.get(id));
    }
    return tokens;
  }

  private static void describe(ObjectNode token, String content) {
    token.put("content", content);
    token.put("single_word", false);
    token.put("lstrip", false);
    token.put("rstrip", false);
    token.put("normalized", false);
    token.put("special", true);
  }

  private static ObjectNode preTokenizer(Split how) {
    ObjectNode sequence = NODES.objectNode();
    sequence.put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    for (String expression : how.expressions()) {
      ObjectNode split = steps.addObject();
      split.put("type", "Split");
      split.putObject("pattern").put("Regex", expression);
      split.put("behavior", "Isolated");
      split.put("invert", false);
    }
    steps.add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    ObjectNode level = NODES.objectNode();
    level.put("type", "ByteLevel");
    level.put("add_prefix_space", false);
    level.put("trim_offsets", false);
    level.put("use_regex", false);
    return level;
  }

  private static ObjectNode bpe(BpeModel model) {
    ObjectNode bpe = NODES.objectNode();
    bpe.put("type", "BPE");
    bpe.putNull("dropout");
    bpe.putNull("unk_token");
    bpe.putNull("continuing_subword_prefix");
    bpe.putNull("end_of_word_suffix");
    bpe.put("fuse_unk", false);
    bpe.put("byte_fallback", false);
    bpe.put("ignore_merges", model.split().ignoresMerges());
    ObjectNode vocabulary = bpe.putObject("vocab");
    for (int id = 0; id < model.vocabulary().size(); id++) {
      vocabulary.put(model.vocabulary().get(id), id);
    }
    // No byte symbol is a space, so the old form with one is plain; every release reads it.
    ArrayNode merges = bpe.putArray("merges");
    model.merges().forEach(merge -> merges.add(merge.left() + " " + merge.right()));
    return bpe;
  }

  private static ObjectNode config(BpeModel model) {
    ObjectNode config = NODES.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    ObjectNode added = config.putObject("added_tokens_decoder");
    for (int id = 0; id < model.specials().size(); id++) {
      describe(added.putObject(String.valueOf(id)), model.specials().get(id));
    }
    if (!model.specials().isEmpty()) {
      String endOfText = model.specials().getFirst();
      config.put("bos_token", endOfText);
      config.put("pad_token", endOfText);
      config.put("eos_token", model.specials().contains(ChatMl.END) ? ChatMl.END : endOfText);
    }
    config.put("clean_up_tokenization_spaces", false);
    return config;
  }
}
