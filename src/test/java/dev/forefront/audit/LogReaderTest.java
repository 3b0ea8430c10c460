package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.LogReader.RawLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log's lines as they lie in the file, and the hashes over them. */
class LogReaderTest {

  @TempDir Path folder;
  private Path log;

  @BeforeEach
  void nameLog() {
    log = folder.resolve("log.jsonl");
  }

  private static byte[] filled(int length, char with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private List<RawLine> read(long offset) throws IOException {
    List<RawLine> lines = new ArrayList<>();
    try (LogReader reader = new LogReader(log, offset)) {
      for (RawLine line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
      }
    }
    return lines;
  }

  @Test
  void everyLineComesWithItsPlaceWhereverTheReaderBegins() throws IOException {
    // Ends before, at and after what is read at once, and lines that go on over several of it.
    int[] lengths = {0, 1, 65_533, 0, 65_536, 65_535, 200_000, 3};
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      starts.add((long) whole.size());
      whole.writeBytes(filled(lengths[i], (char) ('a' + i)));
      whole.write('\n');
    }
    Files.write(log, whole.toByteArray());
    for (int first = 0; first < lengths.length; first++) {
      List<RawLine> lines = read(starts.get(first));
      assertThat(lines).hasSize(lengths.length - first).allMatch(RawLine::terminated);
      for (int i = first; i < lengths.length; i++) {
        assertThat(lines.get(i - first).offset()).isEqualTo(starts.get(i));
        assertThat(lines.get(i - first).bytes()).isEqualTo(filled(lengths[i], (char) ('a' + i)));
      }
    }
    assertThat(read(whole.size())).isEmpty();
  }

  @Test
  void aLastLineWithoutAnEndComesAsSuch() throws IOException {
    Files.writeString(log, "one\ntwo");
    List<RawLine> lines = read(0);
    assertThat(lines).extracting(RawLine::terminated).containsExactly(true, false);
    assertThat(lines.getLast().bytes()).asString(StandardCharsets.UTF_8).isEqualTo("two");
    assertThat(lines.getLast().offset()).isEqualTo(4);
  }

  @Test
  void theLongestLineComesWholeAndALongerOneCut() throws IOException {
    for (int length : new int[] {Line.LONGEST - 1, Line.LONGEST, Line.LONGEST + 1}) {
      Files.write(log, filled(length, 'x'));
      Files.writeString(log, "\nnext\n", StandardOpenOption.APPEND);
      try (LogReader reader = new LogReader(log, 0)) {
        RawLine line = Objects.requireNonNull(reader.next());
        assertThat(line.terminated()).as("%d bytes", length).isEqualTo(length <= Line.LONGEST);
        assertThat(line.bytes()).hasSize(length);
      }
    }
    Files.write(log, filled(Line.LONGEST + 200_000, 'x'));
    List<RawLine> pieces = read(0);
    assertThat(pieces).noneMatch(RawLine::terminated);
    assertThat(pieces.getFirst().bytes()).hasSizeBetween(Line.LONGEST + 1, Line.LONGEST + 65_536);
    assertThat(pieces.get(1).offset()).isEqualTo(pieces.getFirst().bytes().length);
  }

  @Test
  void entriesThatAreAddedAreSeenAndWhatIsNotThereIsNamed() throws IOException {
    Files.writeString(log, "zero\none\ntwo\n");
    LogHashes hashes = new LogHashes(log, Blocks.none());
    assertThat(hashes.root(2, 3)).isEqualTo(leaf("two"));
    assertThat(hashes.root(0, 2)).isEqualTo(MerkleTree.node(leaf("zero"), leaf("one")));
    assertThatThrownBy(() -> hashes.root(3, 4))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(log + " has no entry 3");
    Files.writeString(log, "three\nno end", StandardOpenOption.APPEND);
    assertThat(hashes.root(3, 4)).isEqualTo(leaf("three"));
    assertThat(hashes.lines(0)).hasSize(4);
    Files.delete(log);
    assertThat(hashes.root(0, 1)).isEqualTo(leaf("zero"));
    assertThatThrownBy(() -> hashes.lines(0)).isInstanceOf(UncheckedIOException.class);
  }

  private static byte[] leaf(String line) {
    return MerkleTree.leaf(line.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aFullBlockIsTakenAsRememberedAndElseReadFromItsLines() throws IOException {
    Blocks remembered = Blocks.none();
    remembered.add(1_000, filled(32, 'a'));
    remembered.add(2_000, filled(32, 'b'));
    LogHashes without = new LogHashes(log, remembered);
    assertThat(without.root(0, 256)).isEqualTo(filled(32, 'a'));
    assertThat(without.root(256, 512)).isEqualTo(filled(32, 'b'));
    assertThat(without.root(0, 512)).isEqualTo(MerkleTree.node(filled(32, 'a'), filled(32, 'b')));

    MerkleTree tree = new MerkleTree();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      lines.append("line ").append(i).append('\n');
      tree.append(leaf("line " + i));
    }
    Files.writeString(log, lines);
    assertThat(new LogHashes(log, Blocks.none()).root(0, 256)).isEqualTo(tree.root());
  }
}
