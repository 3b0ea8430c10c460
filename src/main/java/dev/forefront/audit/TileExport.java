package dev.forefront.audit;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A log as static files (C2SP tlog-tiles): {@code checkpoint}, {@code tile/LEVEL/INDEX}, {@code
 * tile/entries/INDEX}. Full tiles never change, so a later export into the same folder adds to it.
 */
final class TileExport {
  private final SoundLog log;
  private final long size;
  private final Path target;

  private TileExport(SoundLog log, Path target) {
    this.log = log;
    this.size = log.newest().size();
    this.target = target;
  }

  static TileExport of(LogFolder files, Path target) {
    return new TileExport(SoundLog.read(files), target);
  }

  long write() {
    try {
      for (long n = 0; n * MerkleTree.BLOCK < size; n++) {
        entries(n);
      }
      long width = 1;
      for (int level = 0; size / width > 0; level++, width *= MerkleTree.BLOCK) {
        for (long n = 0; n * MerkleTree.BLOCK < size / width; n++) {
          tile(level, width, n);
        }
      }
      // Last: what it names is there.
      AtomicFile.write(
          target.resolve("checkpoint"),
          Cosigned.gathered(log.files().cosigned(), log.newest()).note());
      return size;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void entries(long n) {
    int width = width(n, size);
    Path file = path("entries", n, width);
    if (isThere(file, width)) {
      return;
    }
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    List<byte[]> lines = log.hashes().lines(Math.toIntExact(n)).subList(0, width);
    for (byte[] line : lines) {
      if (line.length > Line.LONGEST_WRITTEN) {
        throw new BadInputException(
            "an entry after entry %d is longer than the 65,535 bytes that a bundle holds"
                .formatted(n * MerkleTree.BLOCK));
      }
      bundle.write(line.length >> 8);
      bundle.write(line.length);
      bundle.writeBytes(line);
    }
    AtomicFile.write(file, bundle.toByteArray());
  }

  /**
   * @param span leaves under each of the tile's hashes
   */
  private void tile(int level, long span, long n) {
    int width = width(n, size / span);
    Path file = path(Integer.toString(level), n, width);
    if (isThere(file, width)) {
      return;
    }
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (int i = 0; i < width; i++) {
      long from = (n * MerkleTree.BLOCK + i) * span;
      hashes.writeBytes(log.hashes().root(from, from + span));
    }
    AtomicFile.write(file, hashes.toByteArray());
  }

  private static int width(long n, long hashes) {
    return (int) Math.min(MerkleTree.BLOCK, hashes - n * MerkleTree.BLOCK);
  }

  private static boolean isThere(Path file, int width) {
    return width == MerkleTree.BLOCK && Files.exists(file);
  }

  private Path path(String level, long n, int width) {
    String name = index(n) + (width < MerkleTree.BLOCK ? ".p/" + width : "");
    return target.resolve("tile").resolve(level).resolve(name);
  }

  /** Three digits a path element, an x before all but the last: 1234067 is x001/x234/067. */
  static String index(long n) {
    String last = "%03d".formatted(n % 1000);
    StringBuilder path = new StringBuilder(last);
    for (long rest = n / 1000; rest > 0; rest /= 1000) {
      path.insert(0, "x%03d/".formatted(rest % 1000));
    }
    return path.toString();
  }
}
