package dev.forefront.conversation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The identity of a model: what evaluation measures, the board signs and the server serves must
 * have the same one. It covers every file that decides what the model says: weights, configuration,
 * tokenizer and chat template.
 */
public final class ModelDigest {
  private static final Set<String> COVERED =
      Set.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.jinja",
          "model.safetensors.index.json");

  private ModelDigest() {}

  /**
   * SHA-256 over the lines {@code <sha256 in hex> <file name>\n}, sorted by name, of the folder's
   * {@code *.safetensors}, configuration, tokenizer and template files; as {@code sha256:<hex>}.
   *
   * @throws BadInputException where the folder holds no weights
   */
  public static String of(Path folder) {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path file : files(folder)) {
      hashes.put(file.getFileName().toString(), Sha256.hex(file));
    }
    return ofHashes(hashes);
  }

  /**
   * The same digest of a model that was loaded: what was loaded counts as it was loaded, and a
   * covered file that no loader needs as it lies there.
   *
   * @param loaded SHA-256 in hex by file name; see {@link LoadedFiles}
   */
  public static String of(Path folder, SortedMap<String, String> loaded) {
    SortedMap<String, String> hashes = new TreeMap<>(loaded);
    for (Path file : files(folder)) {
      hashes.computeIfAbsent(file.getFileName().toString(), none -> Sha256.hex(file));
    }
    return ofHashes(hashes);
  }

  /**
   * The same digest for a caller that has hashed the files already.
   *
   * @param hashes SHA-256 in hex by file name; names that are not covered are passed over
   */
  public static String ofHashes(SortedMap<String, String> hashes) {
    return Sha256.ofFiles(hashes, ModelDigest::covers);
  }

  /** The files that the digest covers, sorted by name. */
  public static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder + " is no model folder: it does not exist");
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files =
          all.filter(Files::isRegularFile)
              .filter(file -> covers(file.getFileName().toString()))
              .sorted()
              .toList();
      if (files.stream().noneMatch(file -> file.toString().endsWith(".safetensors"))) {
        throw new BadInputException(folder + " is no model folder: it holds no *.safetensors");
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of a file's bytes, in hex. */
  public static String sha256(Path file) {
    return Sha256.hex(file);
  }

  /** Whether a file of this name in a model folder belongs to the model's identity. */
  public static boolean covers(String name) {
    return COVERED.contains(name) || name.endsWith(".safetensors");
  }
}
