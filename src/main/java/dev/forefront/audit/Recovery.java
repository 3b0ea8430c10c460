package dev.forefront.audit;

import dev.forefront.audit.LogReader.RawLine;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Brings a log back to its last whole line. Only the last line may be cut off: a process that was
 * killed while writing leaves that, and nobody was told that the entry is recorded. Anything else
 * that is seen is damage, and a damaged log is not written on.
 *
 * <p>Where the remembered blocks lead to the root that the newest checkpoint signs, the lines under
 * them are not read: what they were is certain, and {@code audit verify} says what they are.
 *
 * @param chain the state after the last whole line
 * @param tornBytes how many bytes were set aside; 0 where the log ended well
 * @param tornHash their SHA-256 in hex
 */
record Recovery(Chain chain, long tornBytes, String tornHash) {

  static Recovery of(LogFolder files) throws IOException {
    Recovery quick = quick(files);
    return quick == null ? whole(files) : quick;
  }

  /** By the remembered blocks; null where they do not lead to a signed root. */
  private static @Nullable Recovery quick(LogFolder files) throws IOException {
    try {
      Chain start = Remembered.chain(files);
      return start == null ? null : read(files, Verifier.from(files, start));
    } catch (Damage | BadInputException e) {
      // The reading of the whole log says what is wrong, and where.
      return null;
    }
  }

  static Recovery whole(LogFolder files) throws IOException {
    try {
      return read(files, new Verifier(files, Pins.NONE, (entry, line) -> {}));
    } catch (Damage damage) {
      Verification.Broken broken = damage.broken();
      throw new BadInputException(
          "the audit log %s is broken at entry %d (%s): keep it as evidence and start another in an empty folder"
              .formatted(files.folder(), broken.firstBadEntry(), broken.reason()),
          damage);
    }
  }

  private static Recovery read(LogFolder files, Verifier verifier) throws IOException, Damage {
    long offset = verifier.chain().blocks().start(verifier.chain().blocks().size());
    verifier.readNoteBeside();
    RawLine torn = verifier.readLines(offset);
    if (torn != null && torn.bytes().length > Line.LONGEST) {
      throw new Damage(verifier.chain().size(), "the line is longer than any entry");
    }
    verifier.finish();
    if (verifier.forged() instanceof Verification.Broken forged) {
      throw new Damage(forged.firstBadEntry(), forged.reason());
    }
    return recovered(files, verifier.chain(), torn);
  }

  private static Recovery recovered(LogFolder files, Chain chain, @Nullable RawLine torn)
      throws IOException {
    if (torn == null) {
      return new Recovery(chain, 0, "");
    }
    String hash = Sha256.hex(torn.bytes());
    AtomicFile.write(
        files.folder().resolve("torn-%d-%s".formatted(chain.size(), hash.substring(0, 8))),
        torn.bytes());
    try (FileChannel channel = FileChannel.open(files.log(), StandardOpenOption.WRITE)) {
      channel.truncate(torn.offset());
      channel.force(true);
    }
    return new Recovery(chain, torn.bytes().length, hash);
  }
}
