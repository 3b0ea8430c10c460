package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A log that was read to its end and found intact, to prove things of.
 *
 * @param newest its newest checkpoint
 * @param checkpoints numbers of the entries that hold a checkpoint, which are the sizes it covers
 * @param hashes of its tree
 */
record SoundLog(
    LogFolder files, Checkpoint newest, TreeMap<Long, String> checkpoints, LogHashes hashes) {

  /**
   * @throws BadInputException where the log is broken or nothing in it is signed yet
   */
  static SoundLog read(LogFolder files) {
    TreeMap<Long, String> checkpoints = new TreeMap<>();
    Verifier verifier =
        new Verifier(
            files,
            Pins.NONE,
            (entry, line) -> {
              if (entry.kind().equals(Chain.CHECKPOINT)) {
                checkpoints.put(entry.number(), entry.fields().path("note").asString(""));
              }
            });
    if (verifier.verify() instanceof Verification.Broken broken) {
      throw new BadInputException(
          "the audit log %s is broken at entry %d: %s"
              .formatted(files.folder(), broken.firstBadEntry(), broken.reason()));
    }
    Checkpoint newest = verifier.chain().lastCheckpoint();
    if (newest == null) {
      throw new BadInputException(
          "no checkpoint covers the audit log %s yet".formatted(files.folder()));
    }
    return new SoundLog(
        files, newest, checkpoints, new LogHashes(files.log(), verifier.chain().blocks()));
  }

  /** The newest checkpoint that a witness cosigned, where it covers the entry; else the newest. */
  Checkpoint covering(long entry) {
    try {
      List<Checkpoint> candidates = new ArrayList<>(Cosigned.read(files.cosigned()));
      candidates.removeIf(one -> one.size() <= entry || one.size() > newest.size());
      return Cosigned.gathered(
          files.cosigned(),
          candidates.stream()
              .max((one, other) -> Long.compare(one.size(), other.size()))
              .orElse(newest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The checkpoint over exactly so many entries. */
  Checkpoint at(long size) {
    String note = checkpoints.get(size);
    if (note == null) {
      throw new BadInputException(
          "no checkpoint signs exactly %d entries: the nearest sign %s and %s"
              .formatted(
                  size,
                  or(checkpoints.floorKey(size), "none"),
                  or(checkpoints.ceilingKey(size), "none")));
    }
    return Checkpoint.parse(note);
  }

  private static String or(@Nullable Long size, String none) {
    return size == null ? none : size.toString();
  }

  /** A line, without its end. */
  byte[] line(long entry) {
    return hashes
        .lines(Math.toIntExact(entry / MerkleTree.BLOCK))
        .get((int) (entry % MerkleTree.BLOCK));
  }
}
