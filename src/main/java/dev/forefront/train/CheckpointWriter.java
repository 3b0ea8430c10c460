package dev.forefront.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints on a thread of its own while the next gradients are computed; who changes what
 * is being written waits first. What goes wrong is thrown at the next call.
 */
final class CheckpointWriter implements AutoCloseable {
  private final Checkpoints checkpoints;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("forefront-checkpoint").daemon().factory());
  private @Nullable Future<?> pending;

  CheckpointWriter(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  /** Waits for the one before, then has this one written. */
  void write(Snapshot snapshot) {
    await();
    pending = thread.submit(() -> checkpoints.write(snapshot));
  }

  /** Waits until all is on the disk. */
  void await() {
    Future<?> now = pending;
    pending = null;
    if (now == null) {
      return;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          now.get();
          return;
        } catch (InterruptedException e) {
          // A checkpoint that is begun is finished: the thread that waits is told afterwards.
          interrupted = true;
        } catch (ExecutionException e) {
          throw rethrown(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException failure -> failure;
      case Error error -> throw error;
      case null, default -> new IllegalStateException("a checkpoint was not written", e);
    };
  }

  /** Waits for the one that is being written; nobody hears any more how it went. */
  @Override
  public void close() {
    thread.close();
  }
}
