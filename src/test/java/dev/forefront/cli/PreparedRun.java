package dev.forefront.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A run for which text and tokenizer are made already, as another made them. */
final class PreparedRun {

  private PreparedRun() {}

  /**
   * @param run is made
   */
  static void like(Path other, Path run) throws IOException {
    for (String stage : List.of(Road.DATA, Road.TOKENIZER)) {
      try (Stream<Path> all = Files.walk(other.resolve(stage))) {
        for (Path path : all.toList()) {
          Path copy = run.resolve(other.relativize(path));
          if (Files.isDirectory(path)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(path, copy);
          }
        }
      }
    }
  }
}
