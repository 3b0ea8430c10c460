package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TamperingTest {
  private static final int REPLIES = 11;

  @TempDir Path folder;
  private Path log;
  private byte[] whole;
  private List<String> lines;

  /** Twice eleven replies with checkpoints between: 26 entries. */
  @BeforeEach
  void fillLog() throws IOException {
    for (int round = 0; round < 2; round++) {
      try (AuditLog open = AuditLog.open(folder)) {
        for (int i = 0; i < REPLIES; i++) {
          open.append("reply", Map.of("round", round, "i", i, "verdict", "allow"));
        }
      }
    }
    log = folder.resolve("log.jsonl");
    whole = Files.readAllBytes(log);
    lines = Files.readAllLines(log);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
    assertThat(lines).hasSize(2 + 2 * REPLIES + 2);
  }

  @Test
  void everySeventhFlippedByteIsFoundInItsEntry() throws IOException {
    flip(7);
  }

  @Test
  @Tag("slow")
  void everyFlippedByteIsFoundInItsEntry() throws IOException {
    flip(1);
  }

  private void flip(int stride) throws IOException {
    int entry = 0;
    for (int i = 0; i < whole.length; i++) {
      if (i % stride != 0) {
        entry += whole[i] == '\n' ? 1 : 0;
        continue;
      }
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(log, flipped);
      assertThat(AuditLog.verify(folder))
          .as("byte %d, in entry %d", i, entry)
          .isInstanceOfSatisfying(Broken.class, firstBadIs(entry));
      if (whole[i] == '\n') {
        entry++;
      }
    }
  }

  /** Each byte of a log of a thousand entries, of which every stride-th is flipped here. */
  private void flipThousand(int stride) throws IOException {
    Path large = folder.resolve("large");
    Unsynced.fill(large, 1_000);
    Path file = large.resolve("log.jsonl");
    byte[] bytes = Files.readAllBytes(file);
    long entry = 0;
    int found = 0;
    int tried = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < bytes.length; i++) {
        if (i % stride == 0) {
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[i] ^ (1 << (i % 8)))}), i);
          tried++;
          if (AuditLog.verify(large) instanceof Broken broken && broken.firstBadEntry() == entry) {
            found++;
          }
          channel.write(ByteBuffer.wrap(new byte[] {bytes[i]}), i);
        }
        entry += bytes[i] == '\n' ? 1 : 0;
      }
    }
    assertThat(found).isEqualTo(tried).isPositive();
    assertThat(AuditLog.verify(large)).isInstanceOf(Intact.class);
  }

  @Test
  void everySoManiethByteOfAThousandEntriesIsFoundInItsEntry() throws IOException {
    flipThousand(4999);
  }

  @Test
  @Tag("slow")
  void everyByteOfAThousandEntriesIsFoundInItsEntry() throws IOException {
    flipThousand(1);
  }

  @Test
  void everyFlippedByteOfTheCheckpointBesideTheLogIsFound() throws IOException {
    Path file = folder.resolve("checkpoint");
    byte[] note = Files.readAllBytes(file);
    for (int i = 0; i < note.length; i++) {
      byte[] flipped = note.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(file, flipped);
      assertThat(AuditLog.verify(folder)).as("byte %d", i).isInstanceOf(Broken.class);
    }
  }

  @Test
  void aDeletedEntryIsFoundWhereItWas() throws IOException {
    for (int entry = 0; entry < lines.size() - 1; entry++) {
      List<String> fewer = new ArrayList<>(lines);
      fewer.remove(entry);
      Files.write(log, fewer);
      assertThat(AuditLog.verify(folder)).isInstanceOfSatisfying(Broken.class, firstBadIs(entry));
    }
  }

  @Test
  void twoSwappedEntriesAreFoundAtTheFirst() throws IOException {
    List<String> swapped = new ArrayList<>(lines);
    swapped.set(5, lines.get(9));
    swapped.set(9, lines.get(5));
    Files.write(log, swapped);
    assertThat(AuditLog.verify(folder)).isInstanceOfSatisfying(Broken.class, firstBadIs(5));
  }

  @Test
  void aRepeatedEntryIsFound() throws IOException {
    List<String> repeated = new ArrayList<>(lines);
    repeated.add(6, lines.get(5));
    Files.write(log, repeated);
    assertThat(AuditLog.verify(folder)).isInstanceOfSatisfying(Broken.class, firstBadIs(6));
  }

  @Test
  void missingEntriesAtTheEndAreFoundByTheCheckpointBesideTheLog() throws IOException {
    for (int kept = 1; kept < lines.size(); kept++) {
      Files.write(log, lines.subList(0, kept));
      assertThat(AuditLog.verify(folder))
          .as("%d of %d lines", kept, lines.size())
          .isInstanceOf(Broken.class);
    }
  }

  @Test
  void aHistoryCutOffTogetherWithItsCheckpointIsFoundByAKeptOne() throws IOException {
    Checkpoint kept = Checkpoint.parse(Files.readString(folder.resolve("checkpoint")));
    // Back to the state after the first round, checkpoint file and all: alone, that looks whole.
    int end = 2 + REPLIES + 1;
    Files.write(log, lines.subList(0, end));
    Files.writeString(folder.resolve("checkpoint"), note(lines.get(end - 1)));
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);

    assertThat(AuditLog.verify(folder, new Pins(null, List.of(kept))))
        .isInstanceOfSatisfying(Broken.class, firstBadIs(end));
  }

  /** The checkpoint's own entry is the one that no checkpoint covers yet. */
  @Test
  void aKeptCheckpointOverAllThatIsThereHolds() throws IOException {
    Checkpoint kept = Checkpoint.parse(Files.readString(folder.resolve("checkpoint")));
    Files.write(log, lines.subList(0, lines.size() - 1));
    Files.writeString(folder.resolve("checkpoint"), note(lines.get(2 + REPLIES)));

    assertThat(kept.size()).isEqualTo(lines.size() - 1);
    assertThat(AuditLog.verify(folder, new Pins(null, List.of(kept)))).isInstanceOf(Intact.class);
  }

  @Test
  void aHistoryRewrittenWithoutTheKeyIsFoundAtItsCheckpoint() throws IOException {
    Files.write(log, rewritten(4, null));

    assertThat(AuditLog.verify(folder))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.firstBadEntry()).isLessThanOrEqualTo(4);
              assertThat(broken.reason()).contains("signs another history");
            });
  }

  @Test
  void aHistoryRewrittenAndSignedWithAnotherKeyIsFoundWhereItBegins() throws IOException {
    Files.write(log, rewritten(20, SigningKey.generate().signing()));

    assertThat(AuditLog.verify(folder))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.firstBadEntry()).isZero();
              assertThat(broken.reason()).contains("entry 1 is not signed");
            });
    assertThatThrownBy(() -> AuditLog.open(folder)).isInstanceOf(BadInputException.class);
  }

  @Test
  void aHistoryRewrittenWithTheServersKeyIsFoundByAKeptCheckpointAlone() throws IOException {
    Checkpoint kept = Checkpoint.parse(Files.readString(folder.resolve("checkpoint")));
    Files.write(log, rewritten(4, SigningKey.read(folder.resolve("audit-key.pem"))));
    List<String> forged = Files.readAllLines(log);
    Files.writeString(folder.resolve("checkpoint"), note(forged.getLast()));
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);

    assertThat(AuditLog.verify(folder, new Pins(null, List.of(kept))))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).contains("another history"));
  }

  @Test
  void aWholeNewLogIsFoundByItsKey() throws IOException {
    Path other = folder.resolve("other");
    try (AuditLog forged = AuditLog.open(other);
        AuditLog mine = AuditLog.open(folder)) {
      assertThat(AuditLog.verify(other, new Pins(forged.publicKey(), List.of())))
          .isInstanceOf(Intact.class);
      assertThat(AuditLog.verify(other, new Pins(mine.publicKey(), List.of())))
          .isInstanceOfSatisfying(Broken.class, firstBadIs(0));
    }
  }

  @Test
  void anEmptyLogIsBroken() throws IOException {
    Files.write(log, new byte[0]);
    assertThat(AuditLog.verify(folder)).isInstanceOfSatisfying(Broken.class, firstBadIs(0));
  }

  @Test
  void endlessLinesAreReadInBoundedMemory() throws IOException {
    byte[] noise = new byte[8 << 20];
    Arrays.fill(noise, (byte) 'x');
    Files.write(log, noise);
    assertThat(AuditLog.verify(folder)).isInstanceOfSatisfying(Broken.class, firstBadIs(0));
  }

  /**
   * The log with one entry changed and all hashes computed anew, signed anew where there is a key.
   */
  private byte[] rewritten(int changed, @Nullable SigningKey key) throws IOException {
    Chain chain = new Chain(Chain.Signatures.LAST);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int n = 0; n < lines.size(); n++) {
      JsonNode old = JsonMapper.shared().readTree(lines.get(n));
      JsonNode fields = old.path("fields");
      if (n == changed) {
        fields = JsonMapper.shared().valueToTree(Map.of("verdict", "block"));
      } else if (key != null && old.path("kind").asString().equals("checkpoint")) {
        Checkpoint forged = Checkpoint.sign(chain.tree(), publicKey(), key);
        fields = JsonMapper.shared().valueToTree(Map.of("note", forged.note()));
      }
      Line.Written line =
          Line.write(
              n,
              Instant.parse(old.path("time").asString()),
              old.path("kind").asString(),
              fields,
              chain.previous());
      chain.accept(line.entry(), line.bytes());
      bytes.writeBytes(line.bytes());
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  @Test
  void aKeptCheckpointThatAnotherSignedIsNotTakenForThisLogs() throws IOException {
    Checkpoint mine = Checkpoint.parse(Files.readString(folder.resolve("checkpoint")));
    SigningKey.Pair other = SigningKey.generate();
    String text = mine.signed().text();
    SignedNote.Signature its = mine.signed().signatures().getFirst();
    SignedNote note =
        new SignedNote(
            text,
            List.of(
                new SignedNote.Signature(
                    its.name(),
                    its.id(),
                    other.signing().sign(text.getBytes(StandardCharsets.UTF_8)))));

    assertThat(AuditLog.verify(folder, new Pins(null, List.of(mine)))).isInstanceOf(Intact.class);
    assertThat(AuditLog.verify(folder, new Pins(null, List.of(Checkpoint.parse(note.note())))))
        .isEqualTo(new Broken(0, "a checkpoint kept elsewhere is not signed by this log's key"));
  }

  @Test
  void aFileTooLargeForACheckpointIsNotRead() throws IOException {
    Path file = folder.resolve("checkpoint");
    Files.writeString(file, Files.readString(file) + "x".repeat(4_096));
    assertThat(AuditLog.verify(folder))
        .isEqualTo(new Broken(0, "the checkpoint file beside the log is too large to be one"));
    Files.writeString(file, "x".repeat(4_096));
    assertThat(AuditLog.verify(folder))
        .isEqualTo(
            new Broken(
                lines.size(),
                "the checkpoint file beside the log is missing or not one of the log's"));
  }

  private VerifyingKey publicKey() {
    return VerifyingKey.ofBase64(
        JsonMapper.shared()
            .readTree(lines.getFirst())
            .path("fields")
            .path("public_key")
            .asString());
  }

  private static String note(String line) {
    return JsonMapper.shared()
        .readTree(line.getBytes(StandardCharsets.UTF_8))
        .path("fields")
        .path("note")
        .asString();
  }

  private static Consumer<Broken> firstBadIs(long entry) {
    return broken -> assertThat(broken.firstBadEntry()).as(broken.reason()).isEqualTo(entry);
  }
}
