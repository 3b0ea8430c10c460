package dev.forefront.cli;

import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The identity of the program's own code: other code may make other things of the same input. */
final class Code {
  private static final String ROOT = "dev/forefront";

  private Code() {}

  /** Digest of all compiled classes and resources of some rooms. */
  static String digest(List<String> rooms) {
    try {
      Path place = Path.of(Code.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(place)) {
        return digest(place.resolve(ROOT), rooms);
      }
      try (FileSystem jar =
          FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), java.util.Map.of())) {
        return digest(jar.getPath(ROOT), rooms);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String digest(Path root, List<String> rooms) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String room : rooms) {
      try (Stream<Path> files = Files.walk(root.resolve(room))) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          lines
              .append(Sha256.hex(Files.readAllBytes(file)))
              .append("  ")
              .append(root.relativize(file))
              .append('\n');
        }
      }
    }
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
