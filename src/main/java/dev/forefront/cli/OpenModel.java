package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.generate.GgufTokenizer;
import dev.forefront.model.Adapter;
import dev.forefront.model.Encoding;
import dev.forefront.model.Gguf;
import dev.forefront.model.GgufExport;
import dev.forefront.model.GgufMetadata;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.ModelWeights;
import dev.forefront.token.EmbeddedVocabulary;
import dev.forefront.token.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model on disk, a folder or a GGUF file, while verbs look at it or turn it into another. */
record OpenModel(Path path, ModelWeights weights, @Nullable Gguf gguf) implements AutoCloseable {

  private static final String OURS_ALONE =
      "llama.cpp and Ollama will not load this file, for they do not know the way in which its"
          + " vocabulary cuts text (tokenizer.ggml.pre = forefront); a vocabulary trained with"
          + " tokenizer.split: smollm in the recipe, or tokenizer train --split smollm, they know";

  /**
   * @param adapter a folder whose products are added to the weights, or null
   */
  static OpenModel open(Path path, @Nullable Path adapter) {
    if (!Files.exists(path)) {
      throw new BadInputException(
          path + " does not exist: give a Hugging Face folder or a GGUF file");
    }
    Gguf gguf = Gguf.is(path) ? Gguf.open(path) : null;
    ModelWeights weights = gguf == null ? ModelWeights.open(path) : ModelWeights.of(gguf);
    try {
      return new OpenModel(
          path, adapter == null ? weights : weights.with(Adapter.open(adapter)), gguf);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** The tokenizer in GGUF's terms; empty where the model has none. */
  Optional<EmbeddedVocabulary> vocabulary() {
    if (gguf != null) {
      EmbeddedVocabulary own = GgufTokenizer.vocabulary(gguf);
      return own.tokens().isEmpty() ? Optional.empty() : Optional.of(own);
    }
    boolean any =
        Files.exists(path.resolve("tokenizer.json"))
            || Files.exists(path.resolve("tokenizer.model"));
    return any
        ? Optional.of(
            EmbeddedVocabulary.read(
                path,
                weights.config().vocabularySize(),
                weights.config().bosId(),
                weights.config().eosId()))
        : Optional.empty();
  }

  /** {@code sha256:<hex>} of all that decides what the model says. */
  String digest() {
    return gguf == null ? ModelDigest.of(path) : "sha256:" + ModelDigest.sha256(path);
  }

  /** Bytes of the weights as they are stored. */
  long weightBytes() {
    return weights.stored().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Bytes of what the digest covers. */
  long bytes() {
    try (Stream<Path> files = gguf == null ? ModelDigest.files(path).stream() : Stream.of(path)) {
      return files.mapToLong(OpenModel::size).sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a Hugging Face folder, the tokenizer first and config.json last. */
  void writeFolder(Path folder, Encoding encoding) {
    requireNew(folder.resolve("config.json"));
    if (gguf == null && Files.exists(path.resolve("tokenizer.json"))) {
      ModelFolder.copyTokenizer(path, folder);
    } else {
      vocabulary().ifPresent(vocabulary -> vocabulary.write(folder, path.toString()));
    }
    ModelFolder.write(folder, weights, encoding);
  }

  /**
   * Writes one GGUF file with the tokenizer in it.
   *
   * @return what to know before the file goes to other programs
   */
  Optional<String> writeGguf(Path file, Encoding encoding) {
    requireNew(file);
    GgufMetadata metadata = new GgufMetadata();
    Path name = path.toAbsolutePath().normalize().getFileName();
    metadata.put("general.name", name == null ? "model" : name.toString());
    Optional<EmbeddedVocabulary> vocabulary = vocabulary();
    vocabulary.ifPresentOrElse(
        tokens -> GgufTokenizer.put(metadata, tokens),
        () -> metadata.put("tokenizer.ggml.model", "no_vocab"));
    GgufExport.write(file, weights, encoding, metadata);
    return vocabulary
        .filter(tokens -> tokens.splitter().equals(Split.FOREFRONT.toString()))
        .map(tokens -> OURS_ALONE);
  }

  private static void requireNew(Path file) {
    if (Files.exists(file)) {
      throw new BadInputException(
          file + " exists already: name another place, or take it away first");
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
