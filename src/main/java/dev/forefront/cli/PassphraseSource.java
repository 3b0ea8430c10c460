package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.PrivateFile;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A passphrase from a person at the terminal, or from a file; never from the command line, where
 * others see it.
 */
final class PassphraseSource {
  private static final int LONGEST = 4096;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "File whose first line is the passphrase (default: it is asked for).")
  private @Nullable Path file;

  /** The passphrase of something that is there. */
  char[] of(Path key) {
    return file == null ? ask("Passphrase of " + key + ": ") : read(file);
  }

  /** The passphrase of something new; a person types it twice. */
  char[] ofNew(Path key) {
    if (file != null) {
      return read(file);
    }
    char[] first = ask("New passphrase for " + key + ": ");
    char[] again = ask("The same again: ");
    boolean same = Arrays.equals(first, again);
    Arrays.fill(again, '\0');
    if (!same) {
      throw new BadInputException("the two passphrases differ: nothing was written");
    }
    return first;
  }

  private static char[] ask(String prompt) {
    Console console = System.console();
    char[] typed =
        console == null || !console.isTerminal() ? null : console.readPassword("%s", prompt);
    if (typed == null) {
      throw new BadInputException(
          "there is no terminal to ask for the passphrase: give --passphrase-file");
    }
    return typed;
  }

  private static char[] read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
        throw new BadInputException(file + " is no file with a passphrase");
      }
      PrivateFile.require(file, "a passphrase");
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("").toCharArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
