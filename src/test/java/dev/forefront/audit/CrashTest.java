package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forefront.ChildJvm;
import dev.forefront.Command;
import dev.forefront.audit.Verification.Intact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever was acknowledged is there after a crash at any write, and what is there verifies. */
class CrashTest {

  @TempDir Path folder;

  /** Lets so many bytes through, in all, and then the process is as good as dead. */
  private static final class DyingDisk implements Committer.Sink {
    private final Committer.Sink disk;
    private long left;

    DyingDisk(Committer.Sink disk, long left) {
      this.disk = disk;
      this.left = left;
    }

    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      int through = (int) Math.min(left, bytes.length);
      disk.writeDurably(Arrays.copyOf(bytes, through));
      left -= through;
      if (through < bytes.length) {
        throw new IOException("the process died here");
      }
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  /** Five entries, two of them with a text, on a log that has some; those acknowledged. */
  private List<String> appendUntilDeath(Path log, long bytes) {
    List<String> acknowledged = new ArrayList<>();
    try (AuditLog open =
        AuditLog.open(log, Clock.systemUTC(), disk -> new DyingDisk(disk, bytes))) {
      for (int i = 0; i < 5; i++) {
        PersonalText text =
            i % 2 == 0
                ? PersonalText.NONE
                : new PersonalText(Map.of("caller", "c"), Map.of("prompt", "text " + i));
        acknowledged.add(open.append("reply", Map.of("i", i), text).hash());
      }
    } catch (AuditException dead) {
      // As it should be.
    }
    return acknowledged;
  }

  private void dieAtEvery(int stride) throws IOException {
    Path begun = folder.resolve("begun");
    try (AuditLog log = AuditLog.open(begun)) {
      log.append("reply", Map.of("i", -1));
    }
    long before = Files.size(begun.resolve("log.jsonl"));
    Path probe = copy(begun, "probe");
    assertThat(appendUntilDeath(probe, Long.MAX_VALUE)).hasSize(5);
    long total = Files.size(probe.resolve("log.jsonl")) - before;
    for (long bytes = 0; bytes <= total; bytes += stride) {
      Path log = copy(begun, "log");
      List<String> acknowledged = appendUntilDeath(log, bytes);
      AuditLog.open(log).close();
      Set<String> there = new TreeSet<>();
      Verification found = AuditLog.read(log, Pins.NONE, entry -> there.add(entry.hash()));
      assertThat(found)
          .as("after %d bytes", bytes)
          .isInstanceOfSatisfying(
              Intact.class, intact -> assertThat(intact.texts().missing()).isZero());
      assertThat(there).containsAll(acknowledged);
      deleteAll(log);
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhereverTheWriteStops() throws IOException {
    dieAtEvery(53);
  }

  @Test
  @Tag("slow")
  void nothingAcknowledgedIsLostAtAnyByteAtAll() throws IOException {
    dieAtEvery(1);
  }

  @Test
  void afterAFailedWriteNothingIsRecordedAnyMore() throws IOException {
    Path log = folder.resolve("log");
    AuditLog.open(log).close();
    try (AuditLog open = AuditLog.open(log, Clock.systemUTC(), disk -> new DyingDisk(disk, 100))) {
      assertThatThrownBy(() -> open.append("reply", Map.of())).isInstanceOf(AuditException.class);
      assertThat(open.isHealthy()).isFalse();
      long size = Files.size(log.resolve("log.jsonl"));
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> open.append("reply", Map.of())).isInstanceOf(AuditException.class);
        assertThatThrownBy(() -> open.erase(new Erasure.Tagged("a", "b")))
            .isInstanceOf(AuditException.class);
      }
      assertThat(Files.size(log.resolve("log.jsonl"))).isEqualTo(size);
    }
  }

  /** Appends until it cannot, and prints each hash once it is acknowledged. */
  static final class Appender {
    private Appender() {}

    public static void main(String[] arguments) {
      try (AuditLog log = AuditLog.open(Path.of(arguments[0]))) {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
          threads.add(Thread.ofPlatform().start(() -> append(log)));
        }
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void append(AuditLog log) {
      PersonalText text = new PersonalText(Map.of(), Map.of("prompt", "x".repeat(200)));
      for (int i = 0; i < 100_000; i++) {
        try {
          String hash =
              log.append("reply", Map.of("i", i), i % 5 == 0 ? text : PersonalText.NONE).hash();
          synchronized (System.out) {
            System.out.println(hash);
          }
        } catch (AuditException refused) {
          System.out.println("refused: " + refused.getMessage());
          return;
        }
      }
    }
  }

  @Test
  void aKilledProcessLosesNothingThatItAcknowledged() throws Exception {
    Path log = folder.resolve("log");
    Path said = folder.resolve("said");
    for (int round = 0; round < 2; round++) {
      try (ChildJvm child = ChildJvm.start(said, Appender.class.getName(), log.toString())) {
        for (int i = 0; i < 3000 && lines(said) < 40 + 31 * round; i++) {
          Thread.sleep(10);
        }
        child.kill();
      }
      assertAcknowledgedIsThere(log, said);
    }
  }

  /** Files that may not grow, as where the disk is full. */
  @Test
  void aFullDiskRefusesAndLosesNothing() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "ulimit needs bash");
    Path log = folder.resolve("log");
    Path said = folder.resolve("said");
    AuditLog.open(log).close();
    try (ChildJvm child =
        ChildJvm.startOnAFullDisk(said, 40, Appender.class.getName(), log.toString())) {
      assertThat(child.exitCode()).isNotNegative();
    }
    assertThat(Files.readString(said)).contains("refused: the audit log could not record");
    assertAcknowledgedIsThere(log, said);
  }

  /** A real file system of 512 KB, where this user may mount one. */
  @Test
  void aFullFileSystemRefusesAndLosesNothing() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        Command.run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small.toString()) == 0,
        "mounting is not permitted");
    try {
      Path log = small.resolve("log");
      Set<String> acknowledged = new TreeSet<>();
      try (AuditLog open = AuditLog.open(log)) {
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 10_000; i++) {
                    acknowledged.add(open.append("reply", Map.of("text", "x".repeat(1000))).hash());
                  }
                })
            .isInstanceOf(AuditException.class);
        assertThat(open.isHealthy()).isFalse();
      }
      assertThat(acknowledged).isNotEmpty();
      Set<String> there = new TreeSet<>();
      Path roomy = copy(log, "roomy");
      AuditLog.open(roomy).close();
      assertThat(AuditLog.read(roomy, Pins.NONE, entry -> there.add(entry.hash())))
          .isInstanceOf(Intact.class);
      assertThat(there).containsAll(acknowledged);
    } finally {
      Command.run("umount", small.toString());
    }
  }

  private static void assertAcknowledgedIsThere(Path log, Path said) throws IOException {
    AuditLog.open(log).close();
    Set<String> there = new TreeSet<>();
    Verification found = AuditLog.read(log, Pins.NONE, entry -> there.add(entry.hash()));
    assertThat(found)
        .isInstanceOfSatisfying(
            Intact.class, intact -> assertThat(intact.texts().missing()).isZero());
    List<String> acknowledged =
        Files.readAllLines(said, StandardCharsets.ISO_8859_1).stream()
            .filter(line -> line.matches("[0-9a-f]{64}"))
            .toList();
    assertThat(acknowledged).isNotEmpty();
    assertThat(there).containsAll(acknowledged);
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readString(file, StandardCharsets.ISO_8859_1).chars().filter(c -> c == '\n').count()
        : 0;
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (var all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
