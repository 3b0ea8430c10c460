package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Reads files that are small unless something is wrong. */
final class SmallFile {
  private static final int MOST = 16 << 20;

  private SmallFile() {}

  /**
   * @throws BadInputException where there is no such file, or it has more than 16 MB
   */
  static byte[] read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " does not exist or is no file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw new BadInputException(file + " has more than 16 MB: it is not what its name says");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isPlain(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }
}
