package dev.forefront.cli;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds the end of the process (Ctrl+C, SIGTERM) until what computes in native code has come to a
 * good place to end. Without that the native library is torn down under the feet of the thread that
 * is in it, and what was done since the last checkpoint is lost.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final Thread hook = new Thread(this::hold, "forefront-stop-training");
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean wanted;

  private Interruption() {}

  /** Holds from now on, until it is closed. */
  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Whether the process is to end. */
  boolean wanted() {
    return wanted;
  }

  /**
   * For places where nothing has to be saved.
   *
   * @throws CancellationException where the process is to end
   */
  void check() {
    if (wanted) {
      throw new CancellationException("stopped");
    }
  }

  private void hold() {
    wanted = true;
    System.err.println("\nforefront: ending as soon as the step under way is saved");
    try {
      if (over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(
            "forefront: saved; the same command goes on from there (train and align: with --resume)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing is in native code any more. Does not return where the process ends. */
  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      waitForTheEnd();
    }
  }

  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
