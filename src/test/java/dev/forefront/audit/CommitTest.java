package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What is written together, and what those hear who wait for it. */
@Timeout(120)
class CommitTest {
  @TempDir Path folder;
  private final List<Integer> linesOfWrites = new CopyOnWriteArrayList<>();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile boolean holding;
  private volatile boolean failing;

  private final class Disk implements Committer.Sink {
    private final Committer.Sink disk;

    Disk(Committer.Sink disk) {
      this.disk = disk;
    }

    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      linesOfWrites.add(
          (int) IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').count());
      if (holding) {
        reached.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
      }
      if (failing) {
        throw new IOException("the disk is gone");
      }
      disk.writeDurably(bytes);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  private AuditLog open() {
    return AuditLog.open(folder, Clock.systemUTC(), Disk::new);
  }

  /** Appends on a thread of its own, and returns once that thread waits for the disk. */
  private static FutureTask<Entry> appendAndWait(AuditLog log) throws InterruptedException {
    return appendAndWait(1, () -> log.append("reply", Map.of())).getFirst();
  }

  /** Likewise, on many threads. */
  private static List<FutureTask<Entry>> appendAndWait(int times, Callable<Entry> append)
      throws InterruptedException {
    List<FutureTask<Entry>> appends = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      appends.add(new FutureTask<>(append));
      threads.add(Thread.ofPlatform().daemon().start(appends.getLast()));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
    }
    return appends;
  }

  @Test
  void whoWaitsBehindAFailedWriteHearsOfIt() throws Exception {
    try (AuditLog log = open()) {
      holding = true;
      FutureTask<Entry> first = appendAndWait(log);
      reached.await();
      List<FutureTask<Entry>> all = new ArrayList<>(List.of(first));
      for (int i = 0; i < 3; i++) {
        all.add(appendAndWait(log));
      }
      failing = true;
      goOn.countDown();
      for (FutureTask<Entry> append : all) {
        assertThatThrownBy(append::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(AuditException.class)
            .hasMessage("the audit log could not record: the disk is gone");
      }
      assertThat(log.isHealthy()).isFalse();
    }
    assertThat(((Intact) AuditLog.verify(folder)).entries()).isEqualTo(2);
  }

  @Test
  void whoWaitsWhenTheLogIsClosedIsRecorded() throws Exception {
    AuditLog log = open();
    holding = true;
    FutureTask<Entry> first = appendAndWait(log);
    reached.await();
    FutureTask<Entry> second = appendAndWait(log);
    Thread closing = Thread.ofPlatform().daemon().start(log::close);
    while (log.isHealthy()) {
      Thread.sleep(1);
    }
    assertThatThrownBy(() -> log.append("reply", Map.of()))
        .isInstanceOf(AuditException.class)
        .hasMessage("the audit log is closed");
    goOn.countDown();
    closing.join();
    assertThat(first.get().number()).isEqualTo(2);
    assertThat(second.get().number()).isEqualTo(3);
    assertThat(((Intact) AuditLog.verify(folder)).covered()).isEqualTo(4);
  }

  @Test
  void oneWriteTakesWhatWaitsAndNoMoreThanABatch() throws Exception {
    try (AuditLog log = open()) {
      holding = true;
      List<FutureTask<Entry>> all = new ArrayList<>();
      all.add(appendAndWait(log));
      reached.await();
      all.addAll(appendAndWait(300, () -> log.append("reply", Map.of())));
      linesOfWrites.clear();
      goOn.countDown();
      for (FutureTask<Entry> append : all) {
        append.get();
      }
      assertThat(linesOfWrites)
          .allMatch(lines -> lines <= Committer.MOST)
          .anyMatch(lines -> lines > 1);
    }
    // One checkpoint more where all of this took its seconds.
    assertThat(((Intact) AuditLog.verify(folder)).entries()).isGreaterThanOrEqualTo(2 + 301 + 1);
  }

  @Test
  void aCheckpointIsDueAfterSoManyEntries() throws IOException {
    AuditLog.open(folder).close();
    Committer committer = committer();
    Chain chain = committer.chain();
    assertThat(committer.uncovered()).isZero();
    committer.commit(drafts(Committer.CHECKPOINT_AFTER - 1));
    assertThat(committer.uncovered()).isEqualTo(Committer.CHECKPOINT_AFTER - 1);
    assertThat(chain.covered()).isEqualTo(1);
    committer.commit(drafts(1));
    assertThat(committer.uncovered()).isZero();
    assertThat(chain.covered()).isEqualTo(2 + Committer.CHECKPOINT_AFTER);
    assertThat(committer.syncs()).isEqualTo(2);
    assertThat(linesOfWrites).containsExactly(Committer.CHECKPOINT_AFTER - 1, 2);
    committer.close();
    assertThat(((Intact) AuditLog.verify(folder)).covered()).isEqualTo(chain.covered());
  }

  /** Entries under the checkpoint beside the log. */
  private long signed() throws IOException {
    return Checkpoint.parse(Files.readString(new LogFolder(folder).checkpoint())).size();
  }

  /** Of a log that was begun and closed. */
  private Committer committer() throws IOException {
    LogFolder files = new LogFolder(folder);
    return new Committer(
        Recovery.of(files).chain(),
        SigningKey.read(files.key()),
        new Disk(new FileSink(files.log())),
        files,
        Clock.systemUTC());
  }

  private static List<Committer.Draft> drafts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Committer.Draft("reply", JsonMapper.shared().createObjectNode()))
        .toList();
  }

  @Test
  void whoWaitsTenSecondsForAPlaceIsRefusedAndWhoIsInterruptedIsRecorded() throws Exception {
    AuditLog.open(folder).close();
    AtomicBoolean late = new AtomicBoolean();
    AtomicLong time = new AtomicLong();
    CommitThread log =
        CommitThread.of(
            committer(),
            () -> late.get() ? time.addAndGet(CommitThread.PATIENCE_NANOS) : time.get());
    log.go();
    Committer.Draft reply = drafts(1).getFirst();
    holding = true;
    List<FutureTask<Entry>> all = new ArrayList<>(appendAndWait(1, () -> log.append(reply)));
    reached.await();
    all.addAll(appendAndWait(CommitThread.QUEUE, () -> log.append(reply)));
    late.set(true);
    assertThatThrownBy(() -> log.append(reply))
        .isInstanceOf(AuditException.class)
        .hasMessage("the audit log does not keep up: its queue was full for 10 s");
    late.set(false);
    FutureTask<Boolean> last =
        new FutureTask<>(
            () -> {
              log.append(reply);
              return Thread.interrupted();
            });
    Thread thread = Thread.ofPlatform().daemon().start(last);
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    thread.interrupt();
    goOn.countDown();
    assertThat(last.get()).isTrue();
    for (FutureTask<Entry> append : all) {
      append.get();
    }
    assertThat(log.isHealthy()).isTrue();
    log.close();
    assertThat(((Intact) AuditLog.verify(folder)).entries())
        .isGreaterThanOrEqualTo(2 + all.size() + 1 + 1);
  }

  @Test
  void anEntryThatNothingFollowsIsSignedAllTheSame() throws Exception {
    AuditLog.open(folder).close();
    AtomicLong time = new AtomicLong(CommitThread.CHECKPOINT_AFTER_NANOS);
    CommitThread log = CommitThread.of(committer(), time::get);
    log.go();
    Committer.Draft reply = drafts(1).getFirst();
    log.append(reply);
    time.addAndGet(CommitThread.CHECKPOINT_AFTER_NANOS);
    log.append(reply);
    long last = log.append(reply).number();
    assertThat(last).isEqualTo(4);
    // Of the append before the last the thread has done all, and nothing was due.
    assertThat(signed()).isEqualTo(1);
    time.addAndGet(1);
    while (signed() < last + 1) {
      Thread.sleep(1);
    }
    // What comes after that waits as long again.
    log.append(reply);
    log.append(reply);
    assertThat(signed()).isEqualTo(last + 1);
    assertThat(log.isHealthy()).isTrue();
    log.close();
    assertThat(((Intact) AuditLog.verify(folder)).entries()).isEqualTo(last + 2 + 2 + 1);
  }
}
