package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are named on the command line. */
final class TextFile {
  private TextFile() {}

  /**
   * @throws BadInputException where there is no such file, or it is not UTF-8
   */
  static String read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " does not exist or is no file");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
