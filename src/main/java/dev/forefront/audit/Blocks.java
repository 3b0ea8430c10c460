package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where each full block of 256 entries ends in the log's file, and the root of its subtree: what
 * opening and proving need of the older entries, 40 bytes a block. Nothing here is trusted before
 * it leads to a signed root.
 *
 * <p>The thread that writes adds; others may read.
 */
final class Blocks {
  /** Bytes of a record: the offset behind the block's last line's end, and the root. */
  static final int RECORD = 8 + 32;

  private byte[] records = new byte[RECORD * 64];
  private int size;

  static Blocks none() {
    return new Blocks();
  }

  /**
   * As many whole records as the file has; none where there is no such file.
   *
   * @throws BadInputException where the file is far too large
   */
  static Blocks read(Path file) throws IOException {
    Blocks blocks = new Blocks();
    if (Files.isRegularFile(file)) {
      if (Files.size(file) > Integer.MAX_VALUE / 2) {
        throw new BadInputException(file + " is too large to be a list of blocks");
      }
      blocks.records = Files.readAllBytes(file);
      blocks.size = blocks.records.length / RECORD;
    }
    return blocks;
  }

  synchronized void add(long end, byte[] root) {
    int at = size * RECORD;
    if (at + RECORD > records.length) {
      records = Arrays.copyOf(records, Math.max(RECORD * 64, records.length * 2));
    }
    ByteBuffer.wrap(records, at, RECORD).putLong(end).put(root);
    size++;
  }

  /** How many blocks are full. */
  synchronized int size() {
    return size;
  }

  /** Offset of the first byte of a block; of one more than there are full ones too. */
  synchronized long start(int block) {
    return block == 0 ? 0 : ByteBuffer.wrap(records, (block - 1) * RECORD, 8).getLong();
  }

  synchronized byte[] root(int block) {
    return Arrays.copyOfRange(records, block * RECORD + 8, (block + 1) * RECORD);
  }

  /** The records from this block on, as a file has them. */
  synchronized byte[] bytesFrom(int block) {
    return Arrays.copyOfRange(records, block * RECORD, size * RECORD);
  }
}
