package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Writes the small files of a registry by way of another folder: whoever looks meanwhile sees the
 * old one or the new one, and nothing half written beside them.
 */
record Written(Path registry) {
  /** Statements that gather signatures; they say nothing yet. */
  static final String PENDING = "pending";

  private static final String STAGING = ".staging";

  /** Where things are made ready. */
  Path staging() {
    return registry.resolve(STAGING);
  }

  void write(String folder, String file, byte[] bytes) {
    Path half = staging().resolve("." + folder + "." + file);
    AtomicFile.write(half, bytes);
    Path target = registry.resolve(folder);
    try {
      Files.createDirectories(target);
      Files.move(
          half,
          target.resolve(file),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      AtomicFile.syncFolder(target);
      AtomicFile.syncFolder(registry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<Envelope> envelope(String folder, String file) {
    Path path = registry.resolve(folder).resolve(file);
    return Files.exists(path)
        ? Optional.of(Envelope.parse(SmallFile.read(path), path.toString()))
        : Optional.empty();
  }

  void drop(String folder, String file) {
    try {
      Files.deleteIfExists(registry.resolve(folder).resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
