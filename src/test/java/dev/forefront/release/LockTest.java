package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer at a time, and no file that is larger than it may be. */
class LockTest {
  @TempDir Path folder;

  @Test
  void anotherThreadWaitsUntilTheLockIsFree() throws Exception {
    Lock lock = Lock.ofReleases(folder);
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread other =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  try {
                    answer.complete(lock.holding(() -> "after"));
                  } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                  }
                });
    boolean early =
        lock.holding(
            () -> {
              other.start();
              while (other.getState() != Thread.State.TIMED_WAITING && !answer.isDone()) {
                Thread.onSpinWait();
              }
              return answer.isDone();
            });
    assertThat(early).isFalse();
    assertThat(answer.get()).isEqualTo("after");
  }

  @Test
  void ordersDoNotWaitForWhoCopiesWeights() {
    assertThat(
            Lock.ofReleases(folder)
                .<String>holding(() -> Lock.ofOrders(folder).holding(() -> "stop")))
        .isEqualTo("stop");
  }

  @Test
  void aFileOfSixteenMegabytesIsReadAndOneByteMoreIsNot() throws IOException {
    Path file = folder.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(16 << 20);
    }
    assertThat(SmallFile.read(file).length).isEqualTo(16 << 20);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((16 << 20) + 1);
    }
    assertThatThrownBy(() -> SmallFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("more than 16 MB");
  }
}
