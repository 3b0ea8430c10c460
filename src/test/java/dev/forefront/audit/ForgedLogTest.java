package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What somebody wrote who knows the hashes, and has not the key, or has it. */
class ForgedLogTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir Path folder;

  private static JsonNode fields(Map<String, ?> fields) {
    return JsonMapper.shared().valueToTree(fields);
  }

  @Test
  void aLogWhoseNewestCheckpointIsForgedIsNotContinued() throws IOException {
    LogFolder files = new LogFolder(folder);
    AuditLog.open(folder).close();
    String first = Files.readAllLines(files.log()).getFirst();
    SignedNote mine = SignedNote.parse(Files.readString(files.checkpoint()));
    SignedNote.Signature its = mine.signatures().getFirst();
    byte[] other =
        SigningKey.generate().signing().sign(mine.text().getBytes(StandardCharsets.UTF_8));
    String note =
        new SignedNote(mine.text(), List.of(new SignedNote.Signature(its.name(), its.id(), other)))
            .note();
    String hash = JsonMapper.shared().readTree(first).path("hash").asString();
    byte[] forged = Line.write(1, NOW, "checkpoint", fields(Map.of("note", note)), hash).bytes();
    Files.writeString(files.log(), first + "\n");
    Files.write(files.log(), forged, StandardOpenOption.APPEND);
    Files.writeString(files.log(), "\n", StandardOpenOption.APPEND);
    Files.writeString(files.checkpoint(), note);

    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not signed by the key in the first entry");
  }

  @Test
  void aLogWithoutItsCheckpointsIsBrokenAndNotContinued() throws IOException {
    LogFolder files = written(6);
    List<String> lines = Files.readAllLines(files.log());
    rewrite(files, lines.stream().filter(line -> !isCheckpoint(line)).toList());
    Files.delete(files.checkpoint());
    refused("no checkpoint signs any of its entries");
  }

  @Test
  void aLogWithItsFirstCheckpointAloneIsBrokenWhereItIsLong() throws IOException {
    LogFolder files = written(1);
    List<String> lines = Files.readAllLines(files.log());
    String first = lines.get(1);
    assertThat(isCheckpoint(first)).isTrue();
    Files.writeString(
        files.checkpoint(),
        JsonMapper.shared().readTree(first).path("fields").path("note").asString());
    List<String> kept = new ArrayList<>(lines.subList(0, 2));
    while (kept.size() < 2 + Committer.MOST_UNCOVERED) {
      kept.add(lines.get(2));
    }
    // As many as a server that was killed may leave.
    rewrite(files, kept);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
    kept.add(lines.get(2));
    rewrite(files, kept);
    refused("no checkpoint signs the last 1537 entries");
  }

  @Test
  void aLogThatWasKilledBeforeItsFirstCheckpointGoesOn() throws IOException {
    LogFolder files = written(0);
    String first = Files.readAllLines(files.log()).getFirst();
    Files.writeString(files.log(), first + "\n{\"n\":1,");
    Files.delete(files.checkpoint());
    AuditLog.open(folder).close();
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  private void refused(String reason) {
    assertThat(AuditLog.verify(folder))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).startsWith(reason));
    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }

  private LogFolder written(int entries) {
    try (AuditLog log = AuditLog.open(folder)) {
      for (int at = 0; at < entries; at++) {
        log.append("reply", Map.of("said", at));
      }
    }
    return new LogFolder(folder);
  }

  private static boolean isCheckpoint(String line) {
    return JsonMapper.shared().readTree(line).path("kind").asString().equals("checkpoint");
  }

  /** These entries with numbers and hashes that fit, as anybody can write them. */
  private static void rewrite(LogFolder files, List<String> lines) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    String previous = Line.NOTHING;
    long number = 0;
    for (String line : lines) {
      JsonNode entry = JsonMapper.shared().readTree(line);
      Line.Written written =
          Line.write(
              number,
              Instant.parse(entry.path("time").asString()),
              entry.path("kind").asString(),
              entry.path("fields"),
              previous);
      previous = written.entry().hash();
      number++;
      log.writeBytes(written.bytes());
      log.write('\n');
    }
    Files.write(files.log(), log.toByteArray());
  }

  @Test
  void anErasureOfWhatIsNotBeforeItIsDamage() throws IOException {
    try (TextAudit texts = new TextAudit(folder)) {
      for (List<Integer> range :
          List.of(List.of(-1, 2), List.of(3, 2), List.of(1, 6), List.<Integer>of())) {
        Entry entry =
            new Entry(5, NOW, "erased", fields(Map.of("by", "c", "entries", List.of(range))), "h");
        assertThatThrownBy(() -> texts.entry(entry))
            .as("%s", range)
            .isInstanceOf(Damage.class)
            .hasMessageContaining("it names entries that are not before it");
      }
    }
  }

  @Test
  void aTextOfNoEntryIsFoundWhenTheNextFileIsOpened() throws IOException, Damage {
    KeptText stray = KeptText.of(7, NOW, Map.of(), "prompt", "nobody's");
    KeptText kept = KeptText.of(TextFiles.PER_FILE, NOW, Map.of(), "prompt", "hello");
    KeptText first = KeptText.of(2, NOW, Map.of(), "prompt", "hello");
    try (TextFiles files = new TextFiles(folder)) {
      files.writeDurably(List.of(first, stray, kept));
    }
    try (TextAudit texts = new TextAudit(folder)) {
      texts.entry(committing(first));
      assertThatThrownBy(() -> texts.entry(committing(kept)))
          .isInstanceOfSatisfying(
              Damage.class, damage -> assertThat(damage.broken().firstBadEntry()).isEqualTo(7))
          .hasMessageContaining("a text is kept beside it that it does not commit to");
    }
  }

  @Test
  void anErasureReachesUpToItselfAndNoFurther() throws IOException, Damage {
    KeptText first = KeptText.of(0, NOW, Map.of(), "prompt", "hello");
    KeptText later = KeptText.of(3, NOW, Map.of(), "prompt", "hello");
    try (TextFiles files = new TextFiles(folder)) {
      files.writeDurably(List.of(first, later));
    }
    try (TextAudit texts = new TextAudit(folder)) {
      texts.entry(committing(first));
      texts.entry(committing(later));
      // Of nothing, and of all between the two that are there.
      texts.entry(erasing(5, List.of(List.of(0, 0), List.of(1, 3), List.of(4, 5), List.of(5, 5))));
      assertThat(texts.counts()).isEqualTo(new Verification.Texts(2, 0, 0));
      assertThatThrownBy(() -> texts.entry(erasing(6, List.of(List.of(0, 1)))))
          .isInstanceOfSatisfying(
              Damage.class, damage -> assertThat(damage.broken().firstBadEntry()).isZero())
          .hasMessageContaining("its text was erased, says entry 6, and is here again");
    }
  }

  @Test
  void aLineThatIsNoTextIsFoundInItsFile() throws IOException {
    KeptText kept = KeptText.of(TextFiles.PER_FILE + 2, NOW, Map.of(), "prompt", "hello");
    Files.writeString(
        new TextFiles(folder).file(1),
        "nonsense\n" + new String(kept.line(), StandardCharsets.UTF_8));
    try (TextAudit texts = new TextAudit(folder)) {
      assertThatThrownBy(() -> texts.entry(committing(kept)))
          .isInstanceOfSatisfying(
              Damage.class,
              damage -> assertThat(damage.broken().firstBadEntry()).isEqualTo(TextFiles.PER_FILE))
          .hasMessageContaining("000000001.jsonl holds a line that is no kept text");
    }
  }

  private static Entry erasing(long number, List<List<Integer>> ranges) {
    return new Entry(number, NOW, "erased", fields(Map.of("by", "c", "entries", ranges)), "h");
  }

  private static Entry committing(KeptText text) {
    return new Entry(
        text.number(),
        NOW,
        "request",
        fields(Map.of("private", Map.of(text.name(), text.commitment()))),
        "h");
  }
}
