package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.release.RefusedException;
import dev.forefront.tensor.RankLostException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * One sentence per failure; the stack trace only where the environment variable FOREFRONT_TRACE is
 * set.
 */
final class Failures {
  /** How the system's own messages end when nothing more fits. */
  private static final List<String> FULL =
      List.of("No space left on device", "File too large", "Disk quota exceeded");

  private Failures() {}

  static int handle(Exception failure, CommandLine line, ParseResult parsed) {
    if (System.getenv("FOREFRONT_TRACE") != null) {
      failure.printStackTrace(line.getErr());
    }
    line.getErr().println("forefront: " + sentence(failure));
    line.getErr().flush();
    if (failure instanceof RefusedException) {
      return Exit.REFUSED;
    }
    // Whom the signal itself reached ends with 143: this one stopped with another rank.
    if (failure instanceof RankLostException || failure instanceof CancellationException) {
      return Exit.RANK_LOST;
    }
    return failure instanceof BadInputException || failure instanceof PromptTooLongException
        ? Exit.USAGE
        : Exit.FAILED;
  }

  static int handleUsage(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    line.getErr().println("forefront: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, line.getErr());
    line.getErr().println("Try: ./" + line.getCommandSpec().qualifiedName() + " --help");
    line.getErr().flush();
    return Exit.USAGE;
  }

  private static String sentence(Throwable failure) {
    String plain = plain(failure);
    return FULL.stream().anyMatch(plain::endsWith)
        ? plain + "; make room and start it again: what was finished is not lost"
        : plain;
  }

  private static String plain(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException io when io.getCause() != null -> plain(io.getCause());
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case AccessDeniedException denied ->
          denied.getFile() + " may not be read or written by this user";
      case FileSystemException file when file.getReason() != null ->
          file.getFile() + ": " + file.getReason();
      default -> Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    };
  }
}
