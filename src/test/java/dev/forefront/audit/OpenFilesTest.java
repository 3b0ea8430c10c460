package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a log's files this process has open, as Linux tells it. */
class OpenFilesTest {
  private static final Path OPEN = Path.of("/proc/self/fd");

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void requireLinux() throws IOException {
    assumeTrue(Files.isDirectory(OPEN));
    folder = temporary.toRealPath().resolve("log");
  }

  private List<String> open() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> all = Files.list(OPEN)) {
      for (Path one : all.filter(Files::isSymbolicLink).toList()) {
        try {
          Path file = Files.readSymbolicLink(one);
          if (file.startsWith(folder)) {
            names.add(folder.relativize(file).toString());
          }
        } catch (NoSuchFileException closed) {
          // By another thread, since it was listed.
        }
      }
    }
    names.sort(null);
    return names;
  }

  private static void append(AuditLog log, String text) {
    log.append(
        "request", Map.of(), new PersonalText(Map.of("caller", "ann"), Map.of("prompt", text)));
  }

  @Test
  void aLogHasItsLockItsLinesAndTheNewestTextsOpenUntilItIsClosed() throws IOException {
    try (AuditLog log = Unsynced.open(folder)) {
      append(log, "early");
      assertThat(open()).containsExactly("lock", "log.jsonl", "private/000000000.jsonl");
      for (int i = 0; i < TextFiles.PER_FILE; i++) {
        log.append("reply", Map.of());
      }
      append(log, "late");
      assertThat(open()).containsExactly("lock", "log.jsonl", "private/000000001.jsonl");

      assertThatThrownBy(() -> AuditLog.open(folder)).isInstanceOf(BadInputException.class);
      assertThat(open()).hasSize(3);
      assertThat(log.erase(new Erasure.Tagged("caller", "ben"))).isZero();
      assertThat(log.erase(new Erasure.Tagged("caller", "ann"))).isEqualTo(2);
      assertThat(open()).containsExactly("lock", "log.jsonl");
    }
    assertThat(open()).isEmpty();
  }

  @Test
  void whoReadsALogLeavesNoneOpen() throws IOException {
    try (AuditLog log = AuditLog.open(folder)) {
      append(log, "text");
    }
    assertThat(AuditLog.verify(folder)).isInstanceOf(Verification.Intact.class);
    assertThat(open()).isEmpty();
    AuditLog.prove(folder, 1);
    AuditLog.prove(folder, 1, 0);
    AuditLog.exportTiles(folder, temporary.resolve("tiles"));
    assertThat(open()).isEmpty();

    Path log = new LogFolder(folder).log();
    Files.writeString(log, Files.readString(log).replace("request", "requesT"));
    assertThat(AuditLog.verify(folder)).isInstanceOf(Verification.Broken.class);
    assertThatThrownBy(() -> AuditLog.open(folder)).isInstanceOf(BadInputException.class);
    assertThat(open()).isEmpty();
  }
}
