package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that another tool would fetch, read by the format's own rules. */
class TileExportTest {

  @TempDir Path folder;

  private Path tiles() {
    return folder.resolve("tiles");
  }

  /** Entries of all bundles, and the root over what the tiles of level 0 hold. */
  private List<String> read(long size) throws IOException {
    List<String> entries = new ArrayList<>();
    MerkleTree tree = new MerkleTree();
    for (long n = 0; n * 256 < size; n++) {
      int width = (int) Math.min(256, size - n * 256);
      String name = "%03d".formatted(n) + (width < 256 ? ".p/" + width : "");
      byte[] tile = Files.readAllBytes(tiles().resolve("tile/0/" + name));
      assertThat(tile).hasSize(32 * width);
      ByteBuffer bundle =
          ByteBuffer.wrap(Files.readAllBytes(tiles().resolve("tile/entries/" + name)));
      for (int i = 0; i < width; i++) {
        byte[] entry = new byte[Short.toUnsignedInt(bundle.getShort())];
        bundle.get(entry);
        byte[] leaf = Arrays.copyOfRange(tile, 32 * i, 32 * i + 32);
        assertThat(leaf).isEqualTo(MerkleTree.leaf(entry));
        tree.append(leaf);
        entries.add(new String(entry, StandardCharsets.UTF_8));
      }
      assertThat(bundle.remaining()).isZero();
    }
    Checkpoint checkpoint = Checkpoint.parse(Files.readString(tiles().resolve("checkpoint")));
    assertThat(checkpoint.size()).isEqualTo(size);
    assertThat(tree.root()).isEqualTo(checkpoint.rootBytes());
    return entries;
  }

  @Test
  void entriesTilesAndCheckpointFitTogether() throws IOException {
    Path log = folder.resolve("log");
    Unsynced.fill(log, 700);
    long size = AuditLog.exportTiles(log, tiles());
    assertThat(size).isEqualTo(((Intact) AuditLog.verify(log)).covered());
    assertThat(read(size))
        .isEqualTo(Files.readAllLines(log.resolve("log.jsonl")).subList(0, (int) size));
    byte[] above = Files.readAllBytes(tiles().resolve("tile/1/000.p/" + size / 256));
    for (int i = 0; i < size / 256; i++) {
      MerkleTree block = new MerkleTree();
      for (byte[] line : new LogHashes(log.resolve("log.jsonl"), blocks(log)).lines(i)) {
        block.append(MerkleTree.leaf(line));
      }
      assertThat(Arrays.copyOfRange(above, 32 * i, 32 * i + 32)).isEqualTo(block.root());
    }
    assertThat(tiles().resolve("tile/2")).doesNotExist();
  }

  private static Blocks blocks(Path log) throws IOException {
    return Recovery.whole(new LogFolder(log)).chain().blocks();
  }

  @Test
  void aLaterExportAddsAndKeepsFullTiles() throws IOException {
    Path log = folder.resolve("log");
    Unsynced.fill(log, 300);
    AuditLog.exportTiles(log, tiles());
    Path full = tiles().resolve("tile/0/000");
    Files.setLastModifiedTime(full, FileTime.fromMillis(1000));
    Unsynced.fill(log, 300);
    read(AuditLog.exportTiles(log, tiles()));
    assertThat(Files.getLastModifiedTime(full).toMillis()).isEqualTo(1000);
  }

  @Test
  void aTreeOfOneFullTileHasAPartialOneAbove() throws IOException {
    Path log = folder.resolve("log");
    Unsynced.fill(log, 256 - 2);
    assertThat(AuditLog.exportTiles(log, tiles())).isEqualTo(256);
    assertThat(Files.size(tiles().resolve("tile/0/000"))).isEqualTo(256 * 32);
    assertThat(Files.size(tiles().resolve("tile/1/000.p/1"))).isEqualTo(32);
    try (Stream<Path> all = Files.walk(tiles())) {
      assertThat(all.filter(Files::isRegularFile).map(tiles()::relativize).map(Path::toString))
          .containsExactlyInAnyOrder(
              "checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000");
    }
  }

  @Test
  void indicesAreSpelledInThreeDigitsAnElement() {
    assertThat(TileExport.index(0)).isEqualTo("000");
    assertThat(TileExport.index(999)).isEqualTo("999");
    assertThat(TileExport.index(1000)).isEqualTo("x001/000");
    assertThat(TileExport.index(1234067)).isEqualTo("x001/x234/067");
  }

  @Test
  void aBrokenLogIsNotExported() throws IOException {
    Path log = folder.resolve("log");
    Unsynced.fill(log, 10);
    Path file = log.resolve("log.jsonl");
    Files.writeString(file, Files.readString(file).replaceFirst("allow", "block"));
    assertThatThrownBy(() -> AuditLog.exportTiles(log, tiles()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("broken at entry 2");
  }

  /** Entries that are longer than a bundle holds are read here, though none is written. */
  @Test
  void anEntryIsExportedUpToWhatABundleHolds() throws IOException {
    for (int length : new int[] {65_535, 65_536}) {
      Path log = folder.resolve("log" + length);
      AuditLog.open(log).close();
      LogFolder files = new LogFolder(log);
      String previous = Recovery.of(files).chain().previous();
      String head =
          "{\"n\":2,\"time\":\"2026-01-31T12:00:00Z\",\"kind\":\"reply\",\"fields\":{\"text\":\"";
      String tail = "\"},\"previous\":\"" + previous + "\"";
      int hash = ",\"hash\":\"\"}".length() + 64;
      String object = head + "x".repeat(length - head.length() - tail.length() - hash) + tail;
      String line =
          object + ",\"hash\":\"" + Sha256.hex(object.getBytes(StandardCharsets.US_ASCII)) + "\"}";
      assertThat(line).hasSize(length);
      Files.writeString(files.log(), line + "\n", StandardOpenOption.APPEND);
      AuditLog.open(log).close();
      Path to = folder.resolve("tiles" + length);
      if (length == 65_535) {
        assertThat(AuditLog.exportTiles(log, to)).isEqualTo(3);
        assertThat(Files.readAllBytes(to.resolve("tile/entries/000.p/3")))
            .endsWith(line.getBytes(StandardCharsets.US_ASCII));
      } else {
        assertThatThrownBy(() -> AuditLog.exportTiles(log, to))
            .isInstanceOf(BadInputException.class)
            .hasMessage(
                "an entry after entry 0 is longer than the 65,535 bytes that a bundle holds");
        assertThat(to.resolve("checkpoint")).doesNotExist();
      }
    }
  }
}
