package dev.forefront.guard;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs checks on threads of its own, so that one that hangs is left behind and its text refused.
 * The number of threads is bounded: where all hang, every later check is refused at once.
 */
final class Watchdog {

  private static final int MOST_THREADS = 64;

  private final Duration deadline;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MOST_THREADS,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("guard-", 1).daemon().factory());

  Watchdog(Duration deadline) {
    this.deadline = deadline;
  }

  /** What the check answers, or a block of the stage {@link Verdict#FAILURE}. */
  Verdict within(Callable<Verdict> check) {
    Future<Verdict> answer;
    try {
      answer = threads.submit(check);
    } catch (RejectedExecutionException full) {
      return failure("no guard thread is free");
    }
    try {
      Verdict verdict = answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
      return verdict == null ? failure("the guard gave no verdict") : verdict;
    } catch (TimeoutException late) {
      answer.cancel(true);
      return failure("the guard did not answer within " + deadline.toMillis() + " ms");
    } catch (ExecutionException thrown) {
      return failure("the guard failed with " + cause(thrown).getClass().getSimpleName());
    } catch (InterruptedException stop) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return failure("the wait for the guard was interrupted");
    }
  }

  private static Throwable cause(ExecutionException thrown) {
    Throwable cause = thrown.getCause();
    return cause == null ? thrown : cause;
  }

  static Verdict.Block failure(String explanation) {
    return new Verdict.Block(Hazard.UNKNOWN, Verdict.FAILURE, 1, explanation);
  }
}
