package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where each block of a log ends, and its root, in memory as in the file. */
class BlocksTest {
  private static final int MANY = 200;

  @TempDir Path folder;

  private static byte[] root(int block) {
    byte[] root = new byte[32];
    Arrays.fill(root, (byte) block);
    return root;
  }

  private static void assertHolds(Blocks blocks, int count) {
    assertThat(blocks.size()).isEqualTo(count);
    assertThat(blocks.start(0)).isZero();
    for (int block = 0; block < count; block++) {
      assertThat(blocks.start(block + 1)).isEqualTo(1_000L * (block + 1));
      assertThat(blocks.root(block)).isEqualTo(root(block));
    }
  }

  private static Blocks filled(int count) {
    Blocks blocks = Blocks.none();
    for (int block = 0; block < count; block++) {
      blocks.add(1_000L * (block + 1), root(block));
    }
    return blocks;
  }

  @Test
  void anyNumberOfBlocksIsKept() {
    for (int count : new int[] {0, 1, 63, 64, 65, 128, 129, MANY}) {
      assertHolds(filled(count), count);
    }
  }

  @Test
  void whatIsInAFileIsReadAgainAndGrows() throws IOException {
    Path file = folder.resolve("blocks");
    for (int count : new int[] {0, 1, 5, MANY}) {
      Files.write(file, filled(count).bytesFrom(0));
      Blocks read = Blocks.read(file);
      assertHolds(read, count);
      read.add(1_000L * (count + 1), root(count));
      assertHolds(read, count + 1);
      assertThat(read.bytesFrom(count)).hasSize(Blocks.RECORD);
      assertThat(read.bytesFrom(count + 1)).isEmpty();
    }
  }

  @Test
  void aRecordThatIsCutOffIsNone() throws IOException {
    Path file = folder.resolve("blocks");
    Files.write(file, Arrays.copyOf(filled(3).bytesFrom(0), 3 * Blocks.RECORD - 1));
    assertHolds(Blocks.read(file), 2);
    assertThat(Blocks.read(folder.resolve("none")).size()).isZero();
  }

  @Test
  void aFileFarTooLargeIsNotReadIntoMemory() throws IOException {
    Path file = folder.resolve("blocks");
    try (RandomAccessFile hollow = new RandomAccessFile(file.toFile(), "rw")) {
      hollow.setLength(Integer.MAX_VALUE / 2 + 1L);
    }
    assertThatThrownBy(() -> Blocks.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("blocks is too large to be a list of blocks");
  }

  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  @Test
  void openingLeavesRightBlocksAloneAndPutsWrongOnesRight() throws IOException {
    LogFolder files = new LogFolder(folder);
    Unsynced.fill(folder, 300);
    byte[] right = Files.readAllBytes(files.blocks());
    assertThat(right).hasSize(Blocks.RECORD);
    Object before = identity(files.blocks());
    AuditLog.open(folder).close();
    assertThat(identity(files.blocks())).isEqualTo(before);

    for (byte[] wrong : new byte[][] {{}, Arrays.copyOf(right, right.length + 7), new byte[40]}) {
      Files.write(files.blocks(), wrong);
      AuditLog.open(folder).close();
      assertThat(Files.readAllBytes(files.blocks())).isEqualTo(right);
    }
    Files.delete(files.blocks());
    AuditLog.open(folder).close();
    assertThat(Files.readAllBytes(files.blocks())).isEqualTo(right);
  }

  @Test
  void aLogWithoutAFullBlockHasNoneBesideIt() throws IOException {
    LogFolder files = new LogFolder(folder);
    AuditLog.open(folder).close();
    assertThat(files.blocks()).doesNotExist();
    Files.write(files.blocks(), new byte[13]);
    AuditLog.open(folder).close();
    assertThat(files.blocks()).isEmptyFile();
  }

  @Test
  void aBlockThatACheckpointFillsIsRememberedToo() {
    LogFolder files = new LogFolder(folder);
    // With the two entries of a new log and the last checkpoint, a block to the entry.
    Unsynced.fill(folder, MerkleTree.BLOCK - 3);
    assertThat(files.blocks()).hasSize(Blocks.RECORD);
  }

  /** A gap would make the rest worthless: what is missing is made good at the next start. */
  @Test
  void blocksThatCannotBeWrittenStopNoAppendAndNoneFollow() throws IOException {
    LogFolder files = new LogFolder(folder);
    try (AuditLog log = Unsynced.open(folder)) {
      Files.createDirectory(files.blocks());
      append(log, 300);
      Files.delete(files.blocks());
      append(log, 300);
      assertThat(log.isHealthy()).isTrue();
    }
    assertThat(files.blocks()).doesNotExist();
    AuditLog.open(folder).close();
    assertThat(Files.readAllBytes(files.blocks()))
        .hasSize(2 * Blocks.RECORD)
        .isEqualTo(Recovery.whole(files).chain().blocks().bytesFrom(0));
  }

  private static void append(AuditLog log, int count) {
    for (int i = 0; i < count; i++) {
      log.append("reply", Map.of("i", i));
    }
  }
}
