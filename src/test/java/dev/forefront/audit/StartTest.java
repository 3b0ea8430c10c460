package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a log begins, is let go and is taken up again, and what its thread owes its callers. */
class StartTest {

  @TempDir Path folder;

  private LogFolder files() {
    return new LogFolder(folder);
  }

  @Test
  void aStartThatWasCutOffBeforeTheFirstEntryIsBegunAnew() throws IOException {
    Files.writeString(files().key(), "half a key");
    Files.createFile(files().log());
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.append("reply", Map.of()).number()).isEqualTo(2);
    }
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  @Test
  void aStartThatWasCutOffBeforeTheFirstCheckpointIsTakenUp() throws IOException {
    AuditLog.open(folder).close();
    String log = Files.readString(files().log());
    Files.writeString(files().log(), log.substring(0, log.indexOf('\n') + 1));
    Files.delete(files().checkpoint());
    assertThat(((Intact) AuditLog.verify(folder)).covered()).isZero();

    AuditLog.open(folder).close();

    Intact intact = (Intact) AuditLog.verify(folder);
    assertThat(intact.entries()).isEqualTo(2);
    assertThat(intact.covered()).isEqualTo(1);
    assertThat(files().checkpoint()).exists();
  }

  @Test
  void aCheckpointThatWasNotWrittenBesideTheLogIsWrittenAnew() throws IOException {
    AuditLog.open(folder).close();
    Files.delete(files().checkpoint());
    // A kill may fall between the two.
    assertThat(((Intact) AuditLog.verify(folder)).covered()).isEqualTo(1);
    AuditLog.open(folder).close();
    assertThat(((Intact) AuditLog.verify(folder)).covered()).isEqualTo(2);
  }

  @Test
  void aLogThatWasUsedHasItsCheckpointBesideIt() throws IOException {
    try (AuditLog log = AuditLog.open(folder)) {
      log.append("reply", Map.of());
    }
    Files.delete(files().checkpoint());
    assertThat(AuditLog.verify(folder))
        .isEqualTo(
            new Broken(4, "the checkpoint file beside the log is missing or not one of the log's"));
    assertThatThrownBy(() -> AuditLog.open(folder)).isInstanceOf(BadInputException.class);
  }

  @Test
  void aLineLongerThanAnyEntryIsNoLineThatAKillCutOff() throws IOException {
    AuditLog.open(folder).close();
    byte[] whole = Files.readAllBytes(files().log());
    Files.writeString(files().log(), "x".repeat(Line.LONGEST + 1), StandardOpenOption.APPEND);
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the line is longer than any entry");

    Files.write(files().log(), whole);
    Files.writeString(files().log(), "x".repeat(Line.LONGEST), StandardOpenOption.APPEND);
    AuditLog.open(folder).close();
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  @Test
  void anEmptyLogIsNoneThatVerifies() throws IOException {
    Files.createFile(files().log());
    assertThat(AuditLog.verify(folder)).isEqualTo(new Broken(0, "the log is empty"));
  }

  @Test
  void aLogIsContinuedByItsOwnKeyAloneAndIsNotHeldByWhoCouldNot() throws IOException {
    AuditLog.open(folder).close();
    Path kept = folder.resolve("kept");
    Files.move(files().key(), kept);
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("audit-key.pem");
    SigningKey.generate().signing().write(files().key(), "another");
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is another key than the one that the log's first entry names");
    Files.move(kept, files().key(), StandardCopyOption.REPLACE_EXISTING);
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.verifierKey()).isEqualTo(NoteKey.ofLog(log.publicKey()));
    }
  }

  @Test
  void whereNoLogIsThereIsNothingToVerify() {
    assertThatThrownBy(() -> AuditLog.verify(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("holds no audit log");
  }

  @Test
  void theNewestEntriesAreKeptAndNoMoreThanThat() {
    try (AuditLog log = Unsynced.open(folder)) {
      for (int i = 0; i < 300; i++) {
        log.append("reply", Map.of("i", i));
      }
      List<Entry> recent = log.recent(1_000);
      assertThat(recent).hasSize(256);
      assertThat(recent.getLast().fields().path("i").asInt()).isEqualTo(299);
      assertThat(log.recent(2)).isEqualTo(recent.subList(254, 256));
      assertThat(log.recent(0)).isEmpty();
    }
  }

  @Test
  void eachAppendOfOneThreadIsOneWaitForTheDisk() {
    try (AuditLog log = AuditLog.open(folder)) {
      long before = log.syncs();
      log.append("reply", Map.of());
      log.append("reply", Map.of());
      assertThat(log.syncs()).isEqualTo(before + 2);
    }
  }

  @Test
  void whoIsInterruptedKnowsAllTheSameWhatIsRecorded() {
    try (AuditLog log = AuditLog.open(folder)) {
      Thread.currentThread().interrupt();
      Entry entry = log.append("reply", Map.of());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(entry.number()).isEqualTo(2);
      assertThat(log.append("reply", Map.of()).number()).isEqualTo(3);
      assertThat(Thread.interrupted()).isFalse();
      Thread.currentThread().interrupt();
    }
    assertThat(Thread.interrupted()).isTrue();
    assertThat(((Intact) AuditLog.verify(folder)).entries()).isEqualTo(5);
  }

  @Test
  void anErasureThatFailsEndsTheRecord() throws IOException {
    try (AuditLog log = AuditLog.open(folder)) {
      log.append("reply", Map.of(), new PersonalText(Map.of("caller", "c"), Map.of("p", "one")));
      Path texts = folder.resolve("private/000000000.jsonl");
      Files.writeString(texts, "nonsense\n" + Files.readString(texts));

      assertThatThrownBy(() -> log.erase(new Erasure.Tagged("caller", "c")))
          .isInstanceOf(AuditException.class)
          .hasMessageContaining("this is no text kept beside an audit log");
      assertThat(log.isHealthy()).isFalse();
      assertThatThrownBy(() -> log.append("reply", Map.of())).isInstanceOf(AuditException.class);
    }
  }

  @Test
  void aLogThatIsClosedIsNotHealthyAndErasesNothing() {
    AuditLog log = AuditLog.open(folder);
    assertThat(log.isHealthy()).isTrue();
    log.close();
    assertThat(log.isHealthy()).isFalse();
    assertThatThrownBy(() -> log.erase(new Erasure.Tagged("a", "b")))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining("the audit log is closed");
  }

  @Test
  void aKindOrFieldsThatAreNoneAreRefusedBeforeAnythingIsWritten() {
    try (AuditLog log = AuditLog.open(folder)) {
      for (String kind : List.of("erased", "witness", "a".repeat(65), "1a")) {
        assertThatThrownBy(() -> log.append(kind, Map.of()))
            .as(kind)
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(log.append("a".repeat(64), Map.of()).number()).isEqualTo(2);
    }
  }

  @Test
  void whatAnEntryMayHoldHasAnEnd() {
    // {"x":"..."} of as many bytes as there may be, and of one more.
    String most = "y".repeat(Line.LONGEST_WRITTEN - 1536 - 8);
    Map<String, String> eight = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      eight.put("text " + i, "one");
    }
    try (AuditLog log = AuditLog.open(folder)) {
      assertThatThrownBy(() -> log.append("reply", Map.of("x", most + "y")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the fields of an audit entry have at most 62 KB");
      assertThat(log.append("reply", Map.of("x", most), new PersonalText(Map.of(), eight)).number())
          .isEqualTo(2);
    }
    assertThat(((Intact) AuditLog.verify(folder)).texts().kept()).isEqualTo(1);
  }

  @Test
  void aLogThatIsClosedLetsItsFileGo() {
    AtomicInteger closed = new AtomicInteger();
    AuditLog log =
        AuditLog.open(
            folder,
            Clock.systemUTC(),
            disk ->
                new Committer.Sink() {
                  @Override
                  public void writeDurably(byte[] bytes) throws IOException {
                    disk.writeDurably(bytes);
                  }

                  @Override
                  public void close() throws IOException {
                    closed.incrementAndGet();
                    disk.close();
                  }
                });
    assertThat(closed).hasValue(0);
    log.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void aFolderThatCannotBeReadIsNamedAndNotHeld() throws IOException {
    AuditLog.open(folder).close();
    Path kept = Files.move(files().checkpoint(), folder.resolve("kept"));
    Files.createDirectory(files().texts());
    Files.createDirectory(files().texts().resolve("000000000.jsonl"));
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the audit log " + folder + ": ");
    Files.delete(files().texts().resolve("000000000.jsonl"));
    Files.move(kept, files().checkpoint());
    AuditLog.open(folder).close();
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  @Test
  void whatWasCutOffIsKeptAndNamed() throws IOException {
    AuditLog.open(folder).close();
    byte[] torn = "{\"n\":2,\"time\":\"20".getBytes(StandardCharsets.US_ASCII);
    Files.write(files().log(), torn, StandardOpenOption.APPEND);
    AuditLog.open(folder).close();

    String hash = Sha256.hex(torn);
    assertThat(folder.resolve("torn-2-" + hash.substring(0, 8))).hasBinaryContent(torn);
    List<Entry> entries = new ArrayList<>();
    AuditLog.read(folder, Pins.NONE, entries::add);
    assertThat(entries.get(2).kind()).isEqualTo("recovered");
    assertThat(entries.get(2).fields().toString())
        .isEqualTo("{\"bytes_set_aside\":%d,\"sha256\":\"%s\"}".formatted(torn.length, hash));
  }

  @Test
  void whoIsInterruptedWhileALineHasNoEndHearsSo() throws IOException {
    AuditLog.open(folder).close();
    Files.writeString(files().log(), "{\"n\":2", StandardOpenOption.APPEND);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> AuditLog.verify(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("interrupted while reading " + files().log());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(AuditLog.verify(folder))
        .isEqualTo(new Broken(2, "the last line is cut off or its end is damaged"));
  }
}
