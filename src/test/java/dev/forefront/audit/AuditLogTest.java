package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {

  @TempDir Path folder;

  @Test
  void whatWasAppendedIsReadBackInOrder() {
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.append("reply", Map.of("text", "line\nbreak \u00e9 \ud83d\ude00")).number())
          .isEqualTo(2);
      assertThat(log.append("guard", Map.of("score", 0.25)).number()).isEqualTo(3);
      assertThat(log.recent(1)).extracting(Entry::kind).containsExactly("guard");
    }

    List<Entry> entries = new ArrayList<>();
    Verification found = AuditLog.read(folder, Pins.NONE, entries::add);

    assertThat(found).isInstanceOf(Verification.Intact.class);
    assertThat(entries)
        .extracting(Entry::kind)
        .containsExactly("log", "checkpoint", "reply", "guard", "checkpoint");
    assertThat(entries.get(2).fields().path("text").asString())
        .isEqualTo("line\nbreak \u00e9 \ud83d\ude00");
  }

  @Test
  void isContinuedAfterItWasClosed() {
    appendReplies(3);
    appendReplies(3);

    Verification.Intact intact = (Verification.Intact) AuditLog.verify(folder);

    assertThat(intact.entries()).isEqualTo(2 + 3 + 1 + 3 + 1);
    assertThat(intact.covered()).isEqualTo(intact.entries() - 1);
  }

  @Test
  void manyThreadsAppendAndEveryEntryIsThere() throws Exception {
    try (AuditLog log = AuditLog.open(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Entry>> appended =
          IntStream.range(0, 2000)
              .mapToObj(i -> threads.submit(() -> log.append("reply", Map.of("i", i))))
              .toList();
      assertThat(AuditLog.verify(folder)).isInstanceOf(Verification.Intact.class);
      List<Long> numbers = new ArrayList<>();
      for (Future<Entry> entry : appended) {
        numbers.add(entry.get().number());
      }
      assertThat(numbers).doesNotHaveDuplicates().hasSize(2000);
    }
    List<Entry> replies = new ArrayList<>();
    assertThat(AuditLog.read(folder, Pins.NONE, replies::add))
        .isInstanceOf(Verification.Intact.class);
    assertThat(replies.stream().filter(entry -> entry.kind().equals("reply"))).hasSize(2000);
  }

  @Test
  void anEntryIsOnDiskWhenItsAppendReturns() throws Exception {
    try (AuditLog log = AuditLog.open(folder)) {
      Entry entry = log.append("reply", Map.of("id", "r-1"));
      assertThat(Files.readString(folder.resolve("log.jsonl"))).contains(entry.hash());
    }
  }

  @Test
  void aLastLineThatAKillCutOffIsSetAsideAndThatIsRecorded() throws Exception {
    appendReplies(4);
    Path file = folder.resolve("log.jsonl");
    Files.writeString(file, "{\"n\":99,\"time\":\"20", StandardOpenOption.APPEND);
    assertThat(AuditLog.verify(folder)).isInstanceOf(Verification.Broken.class);

    AuditLog.open(folder).close();

    List<Entry> entries = new ArrayList<>();
    assertThat(AuditLog.read(folder, Pins.NONE, entries::add))
        .isInstanceOf(Verification.Intact.class);
    assertThat(entries)
        .extracting(Entry::kind)
        .containsExactly(
            "log",
            "checkpoint",
            "reply",
            "reply",
            "reply",
            "reply",
            "checkpoint",
            "recovered",
            "checkpoint");
    try (var files = Files.list(folder)) {
      assertThat(files.filter(name -> name.getFileName().toString().startsWith("torn-")))
          .hasSize(1);
    }
  }

  @Test
  void anAcknowledgedEntryIsNeverDroppedAsTorn() throws Exception {
    appendReplies(4);
    Path file = folder.resolve("log.jsonl");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 600));

    assertThatThrownBy(() -> AuditLog.open(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("broken at entry");
  }

  @Test
  void aFullDiskMakesThisAppendAndAllLaterOnesThrow() throws Exception {
    try (AuditLog log = AuditLog.open(folder)) {
      log.append("reply", Map.of());
    }
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    Recovery recovery = Recovery.of(new LogFolder(folder));
    var channel = FileChannel.open(full, StandardOpenOption.WRITE);
    CommitThread thread =
        CommitThread.of(
            new Committer(
                recovery.chain(),
                SigningKey.read(folder.resolve("audit-key.pem")),
                new ChannelSink(channel),
                new LogFolder(folder),
                Clock.systemUTC()));
    thread.go();
    var draft = new Committer.Draft("reply", JsonMapper.shared().createObjectNode());

    assertThatThrownBy(() -> thread.append(draft))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining("No space left");
    assertThat(thread.isHealthy()).isFalse();
    assertThatThrownBy(() -> thread.append(draft)).isInstanceOf(AuditException.class);
    thread.close();
  }

  @Test
  void aClosedLogThrows() {
    AuditLog log = AuditLog.open(folder);
    log.close();
    assertThatThrownBy(() -> log.append("reply", Map.of())).isInstanceOf(AuditException.class);
  }

  @Test
  void onlyOneWriterHasALog() {
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.isHealthy()).isTrue();
      assertThatThrownBy(() -> AuditLog.open(folder))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("open already");
    }
  }

  @Test
  void halfOfASurrogatePairIsNoReasonToFail() {
    try (AuditLog log = AuditLog.open(folder)) {
      assertThat(log.append("reply", Map.of("text", "a\ud800b")).number()).isEqualTo(2);
      assertThat(log.append("reply", Map.of()).number()).isEqualTo(3);
    }
    assertThat(AuditLog.verify(folder)).isInstanceOf(Verification.Intact.class);
  }

  @Test
  void theLogsOwnKindsCannotBeAppended() {
    try (AuditLog log = AuditLog.open(folder)) {
      for (String kind : List.of("log", "checkpoint", "recovered", "", "Reply", "a b")) {
        assertThatThrownBy(() -> log.append(kind, Map.of()))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void theKeyFileIsForItsOwnerAlone() throws Exception {
    AuditLog.open(folder).close();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("audit-key.pem"))))
        .isEqualTo("rw-------");
    assertThat(Files.readString(folder.resolve("audit-key.pem"), StandardCharsets.US_ASCII))
        .contains("BEGIN PRIVATE KEY");
  }

  private void appendReplies(int count) {
    try (AuditLog log = AuditLog.open(folder)) {
      for (int i = 0; i < count; i++) {
        log.append("reply", Map.of("i", i));
      }
    }
  }

  private record ChannelSink(FileChannel channel) implements Committer.Sink {
    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      channel.write(ByteBuffer.wrap(bytes));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
