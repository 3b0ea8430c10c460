package dev.forefront.audit;

import dev.forefront.conversation.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It takes all that waits, writes it with one sync, and tells those who
 * wait. After the first failure it writes nothing more and fails everyone.
 */
final class CommitThread {
  static final int QUEUE = 1024;

  /** How long an append waits for a place in the queue. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long an entry may wait for its checkpoint. */
  static final long CHECKPOINT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long TICK_MILLIS = 100;

  private final Committer committer;
  private final LongSupplier nanos;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE);
  private final ReentrantLock writing = new ReentrantLock();
  private final Thread thread;
  private volatile @Nullable Throwable failure;
  private volatile boolean closing;
  private volatile boolean ended;
  private long uncoveredSince;

  private record Waiting(Committer.Draft draft, CompletableFuture<Entry> written) {}

  private CommitThread(Committer committer, LongSupplier nanos) {
    this.committer = committer;
    this.nanos = nanos;
    uncoveredSince = nanos.getAsLong();
    thread = Thread.ofPlatform().name("forefront-audit").daemon().unstarted(this::run);
  }

  /** What is appended waits until {@link #go}. */
  static CommitThread of(Committer committer) {
    return of(committer, System::nanoTime);
  }

  /**
   * @param nanos what says how much time has passed, as {@link System#nanoTime} does
   */
  static CommitThread of(Committer committer, LongSupplier nanos) {
    return new CommitThread(committer, nanos);
  }

  void go() {
    thread.start();
  }

  boolean isHealthy() {
    return failure == null && !closing;
  }

  Entry append(Committer.Draft draft) {
    refuseWhereNothingIsWritten();
    Waiting waiting = new Waiting(draft, new CompletableFuture<>());
    boolean interrupted = Thread.interrupted();
    try {
      interrupted |= offer(waiting);
      if (ended) {
        failWaiting();
      }
      while (true) {
        try {
          return waiting.written().get();
        } catch (InterruptedException e) {
          // It is on its way to the disk: who does not wait would not know what is recorded.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw refusal(Objects.requireNonNullElse(e.getCause(), e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the thread was interrupted meanwhile. */
  private boolean offer(Waiting waiting) {
    boolean interrupted = false;
    long until = nanos.getAsLong() + PATIENCE_NANOS;
    while (true) {
      try {
        if (queue.offer(waiting, until - nanos.getAsLong(), TimeUnit.NANOSECONDS)) {
          return interrupted;
        }
        throw new AuditException(
            "the audit log does not keep up: its queue was full for %d s"
                .formatted(TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  /**
   * Does something with the committer while nobody else does.
   *
   * @throws AuditException where it failed; then nothing is written any more
   */
  <T> T exclusively(Callable<T> work) {
    writing.lock();
    try {
      refuseWhereNothingIsWritten();
      return work.call();
    } catch (AuditException refused) {
      throw refused;
    } catch (Exception e) {
      failure = e;
      throw refusal(e);
    } finally {
      writing.unlock();
    }
  }

  void close() {
    closing = true;
    Threads.join(thread);
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        step();
      }
      if (failure == null && committer.uncovered() > 0) {
        committer.checkpoint();
      }
    } catch (Throwable e) {
      failure = e;
    } finally {
      ended = true;
      failWaiting();
      closeFile();
    }
  }

  private void step() throws InterruptedException {
    Waiting first = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
    List<Waiting> batch = new ArrayList<>();
    if (first != null) {
      batch.add(first);
      queue.drainTo(batch, Committer.MOST - 1);
    }
    writing.lock();
    try {
      if (failure == null) {
        commit(batch);
      }
    } catch (Throwable e) {
      // Whatever it is, those who wait must hear of it.
      failure = e;
    } finally {
      writing.unlock();
    }
    Throwable cause = failure;
    if (cause != null) {
      batch.forEach(waiting -> waiting.written().completeExceptionally(cause));
    }
  }

  private void commit(List<Waiting> batch) throws IOException {
    if (!batch.isEmpty()) {
      List<Entry> entries = committer.commit(batch.stream().map(Waiting::draft).toList());
      for (int i = 0; i < entries.size(); i++) {
        batch.get(i).written().complete(entries.get(i));
      }
    }
    long now = nanos.getAsLong();
    if (committer.uncovered() == 0) {
      uncoveredSince = now;
    } else if (now - uncoveredSince > CHECKPOINT_AFTER_NANOS) {
      committer.checkpoint();
      uncoveredSince = now;
    }
  }

  private void failWaiting() {
    List<Waiting> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(
        waiting -> waiting.written().completeExceptionally(new AuditException("it is closed")));
  }

  private void closeFile() {
    try {
      committer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void refuseWhereNothingIsWritten() {
    Throwable cause = failure;
    if (cause != null) {
      throw refusal(cause);
    }
    if (closing) {
      throw new AuditException("the audit log is closed");
    }
  }

  private static AuditException refusal(Throwable cause) {
    return new AuditException("the audit log could not record: " + cause.getMessage(), cause);
  }
}
