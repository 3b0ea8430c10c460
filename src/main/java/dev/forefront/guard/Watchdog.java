package dev.forefront.guard;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs what judges on threads of its own, so that a check that hangs is left behind and its text
 * refused. The number of threads is bounded: where all hang, all else is refused at once. They are
 * threads of the operating system, since a check that spins would hold up virtual ones.
 */
final class Watchdog {

  private final String who;
  private final Duration deadline;
  private final ThreadPoolExecutor threads;

  Watchdog(GuardSettings settings) {
    this(settings, settings.deadline());
  }

  /**
   * @param deadline where a guard model needs more than the settings say
   */
  Watchdog(GuardSettings settings, Duration deadline) {
    this(
        "the guard",
        deadline,
        new ThreadPoolExecutor(
            0,
            settings.threads(),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("guard-", 1).daemon().factory()));
  }

  private Watchdog(String who, Duration deadline, ThreadPoolExecutor threads) {
    this.who = who;
    this.deadline = deadline;
    this.threads = threads;
  }

  /**
   * One with a line for those for whom no thread is free. Waiting counts.
   *
   * @param who judges, for explanations
   * @param line how many may wait; more are refused
   */
  static Watchdog withLine(String who, Duration deadline, int threads, int line) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(line),
            Thread.ofPlatform().name("guard-model-", 1).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return new Watchdog(who, deadline, pool);
  }

  /**
   * @throws RejectedExecutionException where no thread is free
   */
  Future<?> submit(Runnable judging) {
    return threads.submit(judging);
  }

  /** What the check answers, or a block of the stage {@link Verdict#FAILURE}. */
  Verdict within(Callable<Verdict> check) {
    Future<Verdict> answer;
    try {
      answer = threads.submit(check);
    } catch (RejectedExecutionException full) {
      return noThread();
    }
    try {
      return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      answer.cancel(true);
      return late();
    } catch (ExecutionException thrown) {
      return threw(Objects.requireNonNullElse(thrown.getCause(), thrown));
    } catch (InterruptedException stop) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return failure("the wait for the guard was interrupted");
    }
  }

  Verdict.Block late() {
    return failure(who + " did not answer within " + deadline.toMillis() + " ms");
  }

  static Verdict.Block noThread() {
    return failure("no guard thread is free");
  }

  static Verdict.Block threw(Throwable cause) {
    return failure("the guard failed with " + cause.getClass().getSimpleName());
  }

  static Verdict.Block failure(String explanation) {
    return new Verdict.Block(Hazard.UNKNOWN, Verdict.FAILURE, 1, explanation);
  }
}
