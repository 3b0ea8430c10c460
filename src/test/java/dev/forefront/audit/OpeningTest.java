package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log opens by the remembered blocks, and by nothing that no signed root covers. */
class OpeningTest {
  private static final int ENTRIES = 1_100;

  @TempDir Path folder;
  private LogFolder files;
  private byte[] whole;
  private byte[] blocks;

  @BeforeEach
  void fillLog() throws IOException {
    files = new LogFolder(folder);
    Unsynced.fill(folder, ENTRIES);
    whole = Files.readAllBytes(files.log());
    blocks = Files.readAllBytes(files.blocks());
    assertThat(blocks).hasSize(4 * Blocks.RECORD);
  }

  @Test
  void quickAndWholeReadingsEndInTheSameState() throws Exception {
    assertThat(Remembered.chain(files))
        .isNotNull()
        .extracting(Chain::size)
        .isEqualTo(4L * MerkleTree.BLOCK);
    Chain quick = Recovery.of(files).chain();
    Chain slow = Recovery.whole(files).chain();
    assertThat(quick.size()).isEqualTo(slow.size());
    assertThat(quick.root()).isEqualTo(slow.root());
    assertThat(quick.previous()).isEqualTo(slow.previous());
    assertThat(quick.covered()).isEqualTo(slow.covered());
    assertThat(quick.publicKey()).isEqualTo(slow.publicKey());
    assertThat(quick.blocks().bytesFrom(0)).isEqualTo(slow.blocks().bytesFrom(0)).isEqualTo(blocks);
  }

  @Test
  void isContinuedAndVerifiesWhicheverWayItWasOpened() throws IOException {
    for (int round = 0; round < 6; round++) {
      if (round % 2 == 1) {
        Files.delete(files.blocks());
      }
      Unsynced.fill(folder, 130);
      assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
    }
    assertThat(Files.readAllBytes(files.blocks()))
        .isEqualTo(Recovery.whole(files).chain().blocks().bytesFrom(0));
  }

  @Test
  void anyFlippedByteOfTheBlocksIsSeenAndTheWholeLogIsRead() throws IOException {
    for (int i = 0; i < blocks.length; i++) {
      byte[] flipped = blocks.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(files.blocks(), flipped);
      Recovery recovery = Recovery.of(files);
      assertThat(recovery.chain().root()).isEqualTo(Recovery.whole(files).chain().root());
      assertThat(recovery.chain().blocks().bytesFrom(0)).isEqualTo(blocks);
    }
    AuditLog.open(folder).close();
    assertThat(Arrays.copyOf(Files.readAllBytes(files.blocks()), blocks.length)).isEqualTo(blocks);
  }

  @Test
  void cutOffOrOvergrownBlocksDoNoHarm() throws IOException {
    for (int length : new int[] {0, 1, 39, 40, 41, 3 * 40, 4 * 40 - 1}) {
      Files.write(files.blocks(), Arrays.copyOf(blocks, length));
      assertThat(Recovery.of(files).chain().blocks().bytesFrom(0)).isEqualTo(blocks);
    }
    Files.write(files.blocks(), Arrays.copyOf(blocks, 6 * 40));
    assertThat(Recovery.of(files).chain().blocks().bytesFrom(0)).isEqualTo(blocks);
  }

  @Test
  void aChangedLineAfterTheBlocksIsFoundAtOpening() throws IOException {
    int tail = (int) Blocks.read(files.blocks()).start(4);
    for (int i = tail; i < whole.length; i += 499) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 1;
      Files.write(files.log(), flipped);
      assertThatThrownBy(() -> AuditLog.open(folder).close())
          .as("byte %d", i)
          .isInstanceOf(BadInputException.class);
    }
  }

  @Test
  void missingEntriesAreFoundAtOpening() throws IOException {
    for (int kept : new int[] {300, 1024, 1025, ENTRIES - 1}) {
      String[] lines = new String(whole, StandardCharsets.UTF_8).split("\n", -1);
      Files.write(
          files.log(),
          (String.join("\n", Arrays.copyOf(lines, kept)) + "\n").getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> AuditLog.open(folder).close()).isInstanceOf(BadInputException.class);
    }
  }

  @Test
  void aLineAddedOrRemovedUnderTheBlocksIsFoundAtOpening() throws IOException {
    int at = new String(whole, StandardCharsets.UTF_8).indexOf('\n', 60_000) + 1;
    byte[] longer = new byte[whole.length + 1];
    System.arraycopy(whole, 0, longer, 0, at);
    longer[at] = '\n';
    System.arraycopy(whole, at, longer, at + 1, whole.length - at);
    Files.write(files.log(), longer);
    assertThatThrownBy(() -> AuditLog.open(folder).close()).isInstanceOf(BadInputException.class);
  }

  /**
   * What opening does not read again, verifying does; the history that is signed stays the same.
   */
  @Test
  void aChangedLineUnderTheBlocksIsFoundByVerifyingAndTheSignedHistoryIsTheOldOne()
      throws IOException {
    byte[] flipped = whole.clone();
    int at = new String(whole, StandardCharsets.UTF_8).indexOf("allow", 150_000);
    flipped[at] ^= 1;
    Files.write(files.log(), flipped);
    try (AuditLog log = AuditLog.open(folder)) {
      log.append("reply", Map.of());
    }
    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    byte[] mended = Files.readAllBytes(files.log());
    mended[at] ^= 1;
    Files.write(files.log(), mended);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  @Test
  void anotherKeyInTheFirstEntryIsFoundAtOpening() throws IOException {
    byte[] flipped = whole.clone();
    int at = new String(whole, StandardCharsets.UTF_8).indexOf("public_key") + 40;
    flipped[at] ^= 1;
    Files.write(files.log(), flipped);
    assertThatThrownBy(() -> AuditLog.open(folder).close()).isInstanceOf(BadInputException.class);
  }

  /** Where the checkpoint ends with a block, that block's lines are read all the same. */
  @Test
  void oneLineAtLeastThatTheCheckpointCoversIsRead() throws Exception {
    Path other = folder.resolve("other");
    LogFolder its = new LogFolder(other);
    Unsynced.fill(other, 300);
    Unsynced.fill(other, 2 * MerkleTree.BLOCK - (int) ((Intact) AuditLog.verify(other)).entries());
    assertThat(((Intact) AuditLog.verify(other)).covered()).isEqualTo(2L * MerkleTree.BLOCK);
    assertThat(its.blocks()).hasSize(2 * Blocks.RECORD);
    assertThat(Remembered.chain(its))
        .isNotNull()
        .extracting(Chain::size)
        .isEqualTo((long) MerkleTree.BLOCK);
    AuditLog.open(other).close();
    assertThat(AuditLog.verify(other)).isInstanceOf(Intact.class);
  }

  @Test
  void blocksThatBeginElsewhereAreNotTaken() throws Exception {
    Blocks right = Blocks.read(files.blocks());
    int line = new String(whole, StandardCharsets.UTF_8).indexOf('\n', (int) right.start(2)) + 1;
    for (long second : new long[] {line, right.start(2) + 1, right.start(1), whole.length + 1L}) {
      Blocks moved = Blocks.none();
      moved.add(right.start(1), right.root(0));
      moved.add(second, right.root(1));
      moved.add(right.start(3), right.root(2));
      Files.write(files.blocks(), moved.bytesFrom(0));
      assertThat(Remembered.chain(files)).as("at %d", second).isNull();
    }
    Blocks one = Blocks.none();
    one.add(right.start(1), right.root(1));
    Files.write(files.blocks(), one.bytesFrom(0));
    assertThat(Remembered.chain(files)).as("another root").isNull();
  }
}
