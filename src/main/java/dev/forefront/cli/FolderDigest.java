package dev.forefront.cli;

import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What lies on the disk, for the digest of a stage's inputs. */
final class FolderDigest {

  private FolderDigest() {}

  /**
   * Adds a line with digest and name for each file, by name.
   *
   * @param place a folder or a file; one that is missing adds nothing, for whoever reads it will
   *     say how to fetch it
   */
  static void lines(Path place, StringBuilder lines) {
    if (!Files.exists(place)) {
      return;
    }
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        lines.append(Sha256.hex(file)).append("  ").append(place.relativize(file)).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
