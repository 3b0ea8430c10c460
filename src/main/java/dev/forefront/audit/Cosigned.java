package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The checkpoints beside a log that witnesses cosigned: one file a witness, the newest in it. */
final class Cosigned {
  private static final long LARGEST = 1 << 16;
  private static final int MOST = 1024;

  private Cosigned() {}

  static Path file(Path folder, NoteKey witness) {
    return folder.resolve(HexFormat.of().toHexDigits(witness.id()) + ".checkpoint");
  }

  static void write(Path folder, NoteKey witness, Checkpoint checkpoint) {
    AtomicFile.write(file(folder, witness), checkpoint.note());
  }

  /**
   * All of them; whose key signed them is not looked at.
   *
   * @throws BadInputException where a file is no checkpoint
   */
  static List<Checkpoint> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.getFileName().toString().endsWith(".checkpoint"))
              .sorted()
              .limit(MOST)
              .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (Path file : files) {
      try {
        if (Files.size(file) > LARGEST) {
          throw new BadInputException("it is longer than 64 KB");
        }
        checkpoints.add(Checkpoint.parse(Strict.text(Files.readAllBytes(file))));
      } catch (BadInputException e) {
        throw new BadInputException(
            "%s beside the log is no checkpoint: %s".formatted(file.getFileName(), e.getMessage()),
            e);
      }
    }
    return checkpoints;
  }

  /** The newest that this witness cosigned; empty where there is none, or it does not hold. */
  static Optional<Checkpoint> newest(Path folder, NoteKey witness, NoteKey log) throws IOException {
    try {
      return read(folder).stream()
          .filter(one -> one.isSignedBy(log) && one.cosigned(witness).isPresent())
          .max(Comparator.comparingLong(Checkpoint::size));
    } catch (BadInputException e) {
      return Optional.empty();
    }
  }

  /** The same checkpoint with all that witnesses signed below it. */
  static Checkpoint gathered(Path folder, Checkpoint checkpoint) throws IOException {
    Checkpoint whole = checkpoint;
    for (Checkpoint other : read(folder)) {
      if (other.isSameAs(checkpoint) && !other.note().equals(checkpoint.note())) {
        List<SignedNote.Signature> known = whole.signed().signatures();
        whole =
            whole.plus(
                other.signed().signatures().stream()
                    .filter(one -> known.stream().noneMatch(k -> k.line().equals(one.line())))
                    .toList());
      }
    }
    return whole;
  }
}
