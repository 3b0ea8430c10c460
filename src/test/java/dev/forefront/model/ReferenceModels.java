package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Checkpoints with what the reference library computes for them: those given, and our own. */
public final class ReferenceModels {

  private ReferenceModels() {}

  /** Every folder under reference/models and reference-own/models. */
  public static List<Path> folders() {
    List<Path> folders =
        Stream.of(reference("models"), own("models")).flatMap(ReferenceModels::in).toList();
    assertThat(folders).hasSizeGreaterThan(15);
    return folders;
  }

  /** Every file under reference/gguf: every kind of packed weights. */
  public static List<Path> ggufFiles() {
    try (Stream<Path> all = Files.walk(reference("gguf"))) {
      List<Path> files = all.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
      assertThat(files).isNotEmpty();
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every architecture, and every kind of packed weights. */
  public static List<Path> all() {
    return Stream.concat(folders().stream(), ggufFiles().stream()).toList();
  }

  /** A folder of the references that were given. */
  public static Path reference(String name) {
    return Path.of(System.getProperty("forefront.reference"), name);
  }

  /** A folder of those made by the scripts in reference-own. */
  public static Path own(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ReferenceModels.class.getResource("/reference-own/" + name))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<Path> in(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all
          .filter(one -> Files.exists(one.resolve("reference.safetensors")))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
