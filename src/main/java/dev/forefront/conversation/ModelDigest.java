package dev.forefront.conversation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
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
    StringBuilder lines = new StringBuilder();
    for (Path file : files(folder)) {
      lines.append(sha256(file)).append("  ").append(file.getFileName()).append('\n');
    }
    MessageDigest digest = sha256();
    return "sha256:"
        + HexFormat.of()
            .formatHex(digest.digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** The files that the digest covers, sorted by name. */
  public static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(folder + " is no model folder: it does not exist");
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files =
          all.filter(Files::isRegularFile)
              .filter(file -> isCovered(file.getFileName().toString()))
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
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static boolean isCovered(String name) {
    return COVERED.contains(name) || name.endsWith(".safetensors");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
