package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model on disk in Hugging Face's layout: config.json, generation_config.json, model.safetensors
 * (or shards) and the tokenizer's files. Transformers loads it unchanged.
 */
public final class ModelFolder {
  /** What a tokenizer consists of; copied unread from folder to folder. */
  public static final List<String> TOKENIZER_FILES =
      List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja");

  private static final long MOST_SMALL = 64L << 20;

  private ModelFolder() {}

  /**
   * @throws BadInputException where the folder or its config.json is missing or not understood
   */
  public static ModelConfig config(Path folder) {
    return config(folder, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it read. */
  public static ModelConfig config(Path folder, Loading loading) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder + " is no model folder: it does not exist");
    }
    return ConfigJson.read(folder.resolve("config.json"), loading);
  }

  /** The folder's weights, mapped; close them after use. */
  public static SafeTensors weights(Path folder) {
    return SafeTensors.open(folder);
  }

  /** Likewise, telling which bytes are mapped. */
  public static SafeTensors weights(Path folder, Loading loading) {
    return SafeTensors.open(folder, loading);
  }

  /**
   * Writes weights, then generation_config.json, then config.json: a folder without config.json is
   * unfinished.
   *
   * @param tensors under Hugging Face's names
   */
  public static void write(Path folder, ModelConfig config, List<SafeTensors.Entry> tensors) {
    SafeTensors.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
    writeConfig(folder, config, DType.F32);
  }

  /**
   * Writes a model that is open, tensor by tensor, an adapter's part added.
   *
   * @param type F32, F16 or BF16
   * @throws BadInputException where a number does not fit, or config.json has no word for something
   *     that the model does
   */
  public static void write(Path folder, ModelWeights weights, DType type) {
    write(folder, weights, type.encoding());
  }

  /**
   * Likewise, with matrices in fewer bits where the encoding is a quantised one; such a folder is
   * read by this house alone.
   *
   * @param encoding of matrices: F32, F16, BF16, Q8_0 or Q4_0. With the last two, vectors stay F32,
   *     a matrix whose rows are no whole blocks becomes F16, and with Q4_0 the output head gets
   *     Q8_0
   */
  public static void write(Path folder, ModelWeights weights, Encoding encoding) {
    ModelConfig config = weights.config().withNamedRope();
    List<Pending> tensors = new ArrayList<>();
    for (List<WeightNames.Part> parts : weights.names().inOrder()) {
      for (WeightNames.Part part : parts) {
        tensors.add(
            new Pending(
                part.name(),
                encoding.isQuantized() ? weights.names().encoding(part, encoding) : encoding,
                part.shape(),
                () -> weights.floats(part)));
      }
    }
    SafeTensors.writePending(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
    writeConfig(folder, config, DType.of(encoding));
  }

  private static void writeConfig(Path folder, ModelConfig config, DType type) {
    ObjectNode generation = JsonMapper.shared().createObjectNode();
    if (config.eosId() >= 0) {
      generation.put("eos_token_id", config.eosId());
    }
    AtomicFile.write(folder.resolve("generation_config.json"), generation.toPrettyString() + "\n");
    ConfigWriter.write(config, type, folder.resolve("config.json"));
  }

  /** Copies tokenizer.json and what belongs to it. */
  public static void copyTokenizer(Path from, Path to) {
    for (String name : TOKENIZER_FILES) {
      if (Files.isRegularFile(from.resolve(name))) {
        AtomicFile.write(to.resolve(name), readSmall(from.resolve(name)));
      }
    }
  }

  /** Reads a file that is small unless something is wrong. */
  static byte[] readSmall(Path file) {
    return readSmall(file, Loading.UNWITNESSED);
  }

  static byte[] readSmall(Path file, Loading loading) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException(file + " does not exist or is no file");
      }
      if (Files.size(file) > MOST_SMALL) {
        throw new BadInputException(file + " is larger than 64 MB: it is not what its name says");
      }
      byte[] bytes = Files.readAllBytes(file);
      loading.took(file, MemorySegment.ofArray(bytes));
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
