package dev.forefront.cli;

import dev.forefront.audit.NoteKey;
import dev.forefront.audit.WitnessPolicy;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which witnesses must have cosigned. */
final class WitnessOptions {
  @Option(
      names = "--witness-key",
      paramLabel = "VKEY",
      description = "This witness must have cosigned; may be given more than once.")
  private @Nullable List<String> keys;

  @Option(
      names = "--witnesses",
      paramLabel = "FILE",
      description = "Enough of these witnesses must have cosigned (a file as in C2SP tlog-policy).")
  private @Nullable Path file;

  WitnessPolicy policy() {
    if (file != null && keys != null) {
      throw new BadInputException("--witnesses and --witness-key do not go together: name one");
    }
    return file == null
        ? WitnessPolicy.all(
            (keys == null ? List.<String>of() : keys).stream().map(NoteKey::parse).toList())
        : read(file);
  }

  static WitnessPolicy read(Path file) {
    try {
      return WitnessPolicy.parse(TextFile.read(file));
    } catch (BadInputException e) {
      throw new BadInputException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
