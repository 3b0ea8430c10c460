package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.audit.Verification.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Texts lie beside the log, are held against it, and can go without its becoming another. */
class PersonalTextTest {

  @TempDir Path folder;

  private void append(AuditLog log, String request, String caller, String text) {
    log.append(
        "request",
        Map.of("request_id", request),
        new PersonalText(
            Map.of("request_id", request, "caller", caller),
            Map.of("prompt", text, "reply", text + " yourself")));
  }

  private void fill() {
    try (AuditLog log = AuditLog.open(folder)) {
      append(log, "r1", "ann@example", "hello one");
      log.append("reply", Map.of());
      append(log, "r2", "ben", "hello two \ud83d\ude00");
      append(log, "r3", "ann@example", "hello three \ud800.");
    }
  }

  private Texts texts() {
    return ((Intact) AuditLog.verify(folder)).texts();
  }

  private String everything() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void theLogHoldsCommitmentsAlone() throws Exception {
    fill();
    String log = Files.readString(folder.resolve("log.jsonl"));
    assertThat(log).doesNotContain("hello").doesNotContain("ann@example");
    assertThat(texts()).isEqualTo(new Texts(3, 0, 0));
    List<Entry> entries = new ArrayList<>();
    AuditLog.read(folder, Pins.NONE, entries::add);
    assertThat(entries.get(2).fields().path("request_id").asString()).isEqualTo("r1");
    JsonNode commitments = entries.get(2).fields().path("private");
    String line = Files.readAllLines(folder.resolve("private/000000000.jsonl")).getFirst();
    KeptText kept = KeptText.read(line);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(kept.salt());
    String hash =
        HexFormat.of().formatHex(digest.digest(kept.text().getBytes(StandardCharsets.UTF_8)));
    assertThat(commitments.path(kept.name()).asString()).isEqualTo(hash);
    assertThat(kept.salt()).hasSize(32);
  }

  @Test
  void aCopyThatAnErasureWasKilledInIsGoneAtTheNextStart() throws IOException {
    fill();
    Path copy = folder.resolve("private/.000000000.jsonl.1.tmp");
    Files.writeString(copy, "hello one");
    AuditLog.open(folder).close();
    assertThat(copy).doesNotExist();
    assertThat(texts()).isEqualTo(new Texts(3, 0, 0));
  }

  @Test
  void whatIsErasedIsGoneAndTheLogVerifiesAndSaysSo() throws IOException {
    fill();
    byte[] before = Files.readAllBytes(folder.resolve("log.jsonl"));
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.erase(new Erasure.Tagged("caller", "nobody"))).isZero();
      assertThat(log.erase(new Erasure.Tagged("caller", "ann@example"))).isEqualTo(2);
      append(log, "r4", "ann@example", "hello four");
    }
    assertThat(everything()).doesNotContain("hello one", "hello three").contains("hello two");
    assertThat(texts()).isEqualTo(new Texts(2, 2, 0));
    assertThat(Files.readAllBytes(folder.resolve("log.jsonl"))).startsWith(before);
    List<Entry> erased = new ArrayList<>();
    AuditLog.read(
        folder,
        Pins.NONE,
        entry -> {
          if (entry.kind().equals("erased")) {
            erased.add(entry);
          }
        });
    assertThat(erased).hasSize(1);
    assertThat(erased.getFirst().fields().toString())
        .isEqualTo("{\"by\":\"caller\",\"entries\":[[2,3],[5,6]]}");
  }

  @Test
  void oneRequestOrAllBeforeATimeCanBeErased() throws IOException {
    fill();
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.erase(new Erasure.Tagged("request_id", "r2"))).isEqualTo(1);
      assertThat(log.erase(new Erasure.Before(Instant.EPOCH))).isZero();
      assertThat(log.erase(new Erasure.Before(Instant.now().plusSeconds(60)))).isEqualTo(2);
    }
    assertThat(everything()).doesNotContain("hello");
    assertThat(texts()).isEqualTo(new Texts(0, 3, 0));
    try (var files = Files.list(folder.resolve("private"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatIsAppendedAfterAnErasureIsKeptToo() {
    try (AuditLog log = AuditLog.open(folder)) {
      append(log, "r1", "ann@example", "hello one");
      append(log, "r2", "ben", "hello two");
      assertThat(log.erase(new Erasure.Tagged("caller", "ann@example"))).isEqualTo(1);
      append(log, "r3", "cid", "hello three");
    }
    assertThat(texts()).isEqualTo(new Texts(2, 1, 0));
  }

  @Test
  void aFileOfWhichNothingGoesIsNotWrittenAnew() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    try (TextFiles files = new TextFiles(folder.resolve("private"))) {
      files.remove(new TreeSet<>(List.of(99L)));
      files.removeFrom(6);
    }
    assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey()).isEqualTo(before);
    assertThat(texts()).isEqualTo(new Texts(3, 0, 0));
  }

  @Test
  void aTextOfTheEntryThatWasAboutToBeWrittenIsRemoved() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    byte[] before = Files.readAllBytes(file);
    long next = ((Intact) AuditLog.verify(folder)).entries();
    KeptText orphan = KeptText.of(next, Instant.now(), Map.of(), "prompt", "nobody's");
    Files.write(file, orphan.line(), StandardOpenOption.APPEND);
    AuditLog.open(folder).close();
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void whatIsToGoIsWrittenDownBeforeItGoes() throws IOException {
    // The log's own two entries and two requests; that they were erased cannot be recorded.
    try (AuditLog log = FaultyDisk.open(folder, FaultyDisk.Fault.FAILS, 4)) {
      append(log, "r1", "ann@example", "hello one");
      append(log, "r2", "ben", "hello two");
      assertThatThrownBy(() -> log.erase(new Erasure.Tagged("caller", "ann@example")))
          .isInstanceOf(AuditException.class);
    }
    assertThat(folder.resolve("private/erasing.json"))
        .hasContent("{\"by\":\"caller\",\"entries\":[2]}");
    AuditLog.open(folder).close();
    assertThat(texts()).isEqualTo(new Texts(1, 1, 0));
    assertThat(folder.resolve("private/erasing.json")).doesNotExist();
  }

  @Test
  void anErasureThatAKillCutShortIsFinishedAtTheNextStart() throws IOException {
    fill();
    Files.writeString(
        folder.resolve("private/erasing.json"), "{\"by\":\"caller\",\"entries\":[2,5]}");
    AuditLog.open(folder).close();
    assertThat(texts()).isEqualTo(new Texts(1, 2, 0));
    assertThat(folder.resolve("private/erasing.json")).doesNotExist();
  }

  @Test
  void aTextThatIsNotTheOneCommittedToIsFound() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    String whole = Files.readString(file);
    Files.writeString(file, whole.replace("hello two", "hallo two"));
    assertThat(AuditLog.verify(folder))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.firstBadEntry()).isEqualTo(4));
    Files.writeString(file, whole.replace("\"name\":\"prompt\"", "\"name\":\"other\""));
    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    Files.writeString(file, whole.replace("\"n\":2", "\"n\":1"));
    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    Files.writeString(file, whole + whole);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    Files.writeString(file, "nonsense\n" + whole);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Broken.class);
    Files.writeString(file, whole);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Intact.class);
  }

  @Test
  void textsThatVanishedWithoutAnEntryAreMissing() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(1, lines.size()));
    assertThat(texts()).isEqualTo(new Texts(2, 0, 1));
    Files.delete(file);
    assertThat(texts()).isEqualTo(new Texts(0, 0, 3));
  }

  @Test
  void aTextThatWasErasedAndIsHereAgainIsFound() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    byte[] backup = Files.readAllBytes(file);
    try (AuditLog log = AuditLog.open(folder)) {
      log.erase(new Erasure.Tagged("caller", "ann@example"));
    }
    Files.write(file, backup);
    assertThat(AuditLog.verify(folder))
        .isInstanceOfSatisfying(
            Broken.class,
            broken -> {
              assertThat(broken.firstBadEntry()).isEqualTo(2);
              assertThat(broken.reason()).contains("here again");
            });
  }

  @Test
  void whatAKillLeftBesideTheLogIsRemoved() throws IOException {
    fill();
    Path file = folder.resolve("private/000000000.jsonl");
    byte[] before = Files.readAllBytes(file);
    KeptText orphan = KeptText.of(99, Instant.now(), Map.of(), "prompt", "nobody's");
    Files.write(file, orphan.line(), StandardOpenOption.APPEND);
    byte[] torn = "{\"n\":100,\"ti\u00e9".getBytes(StandardCharsets.UTF_8);
    Files.write(file, Arrays.copyOf(torn, torn.length - 1), StandardOpenOption.APPEND);
    assertThat(texts()).isEqualTo(new Texts(3, 0, 0));
    AuditLog.open(folder).close();
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void textsFillOneFileAfterTheOther() throws IOException {
    int entries = 2 * TextFiles.PER_FILE + 500;
    try (AuditLog log = Unsynced.open(folder)) {
      for (int i = 0; i < entries; i++) {
        PersonalText text =
            i % 500 == 0
                ? new PersonalText(Map.of("caller", "c" + i), Map.of("prompt", "text " + i))
                : PersonalText.NONE;
        log.append("request", Map.of(), text);
      }
      assertThat(log.erase(new Erasure.Tagged("caller", "c5000"))).isEqualTo(1);
    }
    assertThat(texts()).isEqualTo(new Texts(16 + 1, 1, 0));
    try (var files = Files.list(folder.resolve("private"))) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void onlyTheLogItselfWritesTheFieldOfCommitments() {
    try (AuditLog log = AuditLog.open(folder, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))) {
      assertThatThrownBy(() -> log.append("reply", Map.of("private", 1)))
          .isInstanceOf(IllegalArgumentException.class);
      Map<String, String> nine = new HashMap<>();
      LongStream.range(0, 9).forEach(i -> nine.put("t" + i, "x"));
      assertThatThrownBy(() -> log.append("reply", Map.of(), new PersonalText(Map.of(), nine)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> log.append("reply", Map.of("x", "y".repeat(64_000))))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(log.append("reply", Map.of("x", "y".repeat(63_000))).number()).isEqualTo(2);
    }
  }

  @Test
  void rangesAreAsFewAsThereCanBe() {
    assertThat(TextEraser.ranges(new TreeSet<>(List.of(0L, 1L, 2L, 4L, 7L, 8L))))
        .containsExactly(List.of(0L, 3L), List.of(4L, 5L), List.of(7L, 9L));
    assertThat(TextEraser.ranges(new TreeSet<>())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2000, 2000", "2001, 2000 1", "4000, 2000 2000"})
  void anErasureOfMoreRangesThanAnEntryHoldsGoesIntoSeveral(int ranges, String held)
      throws IOException {
    Unsynced.fill(folder, 2 * ranges + 100);
    // Every second entry, of which none is next to another.
    String entries =
        LongStream.rangeClosed(1, ranges)
            .mapToObj(i -> Long.toString(2 * i))
            .collect(Collectors.joining(","));
    Files.createDirectories(folder.resolve("private"));
    Files.writeString(
        folder.resolve("private/erasing.json"),
        "{\"by\":\"caller\",\"entries\":[%s]}".formatted(entries));
    AuditLog.open(folder).close();

    List<JsonNode> erased = new ArrayList<>();
    AuditLog.read(
        folder,
        Pins.NONE,
        entry -> {
          if (entry.kind().equals("erased")) {
            erased.add(entry.fields().path("entries"));
          }
        });
    assertThat(erased.stream().map(one -> Integer.toString(one.size())))
        .containsExactly(held.split(" "));
    JsonNode last = erased.getLast();
    assertThat(last.get(last.size() - 1).toString())
        .isEqualTo("[%d,%d]".formatted(2 * ranges, 2 * ranges + 1));
    assertThat(texts()).isEqualTo(new Texts(0, 0, 0));
  }
}
