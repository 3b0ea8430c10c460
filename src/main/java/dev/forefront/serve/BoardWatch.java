package dev.forefront.serve;

import dev.forefront.audit.AuditException;
import dev.forefront.audit.AuditLog;
import dev.forefront.release.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks all the time whether the board still lets the release be served, on a thread of its own.
 * What cannot be seen is a stop. Where that thread does not look, whoever asks does; so no answer
 * is old. Safe to use from any thread.
 */
final class BoardWatch implements AutoCloseable {
  private static final Duration GLANCE = Duration.ofMillis(20);
  private static final long OLD_NANOS = Duration.ofMillis(100).toNanos();
  private static final System.Logger LOG = System.getLogger("forefront.serve");

  private final Supplier<Standing> board;
  private final AuditLog log;
  private final String release;
  private final List<Consumer<Standing.Stopped>> hearers = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile Standing now;
  private volatile long lookedAt = System.nanoTime();
  private volatile boolean closed;

  private BoardWatch(Supplier<Standing> board, AuditLog log, String release) {
    this.board = board;
    this.log = log;
    this.release = release;
    now = seen();
    thread = Thread.ofPlatform().name("forefront-board").daemon().unstarted(this::run);
  }

  /**
   * Looks once, and goes on looking.
   *
   * @param board answers whether the release may be served
   */
  static BoardWatch start(Supplier<Standing> board, AuditLog log, String release) {
    BoardWatch watch = new BoardWatch(board, log, release);
    if (watch.now instanceof Standing.Stopped stopped) {
      watch.recorded("board.stop", stopped);
    }
    watch.thread.start();
    return watch;
  }

  /** Is told of every stop, on the thread that saw it. */
  void onStop(Consumer<Standing.Stopped> hearer) {
    hearers.add(hearer);
  }

  /** What the board says, at most a tenth of a second old. */
  Standing now() {
    return System.nanoTime() - lookedAt > OLD_NANOS ? look() : now;
  }

  /** What the board says at this moment. */
  synchronized Standing look() {
    Standing found = seen();
    lookedAt = System.nanoTime();
    if (!found.equals(now)) {
      take(found);
    }
    return now;
  }

  private Standing seen() {
    try {
      return Objects.requireNonNull(board.get(), "no answer");
    } catch (Throwable e) {
      // Whatever it is: the thread must live on, and nothing may be served unseen.
      return new Standing.Stopped(
          "the board's orders cannot be looked at: " + e.getClass().getSimpleName(), "");
    }
  }

  private void take(Standing found) {
    switch (found) {
      case Standing.Stopped stopped -> {
        // First it takes effect, then it is written down.
        now = stopped;
        hearers.forEach(hearer -> hearer.accept(stopped));
        recorded("board.stop", stopped);
      }
      case Standing.Serving serving -> {
        if (recorded("board.resume", null)) {
          now = serving;
        }
      }
    }
  }

  private boolean recorded(String kind, Standing.@Nullable Stopped stopped) {
    if (!log.isHealthy()) {
      return false;
    }
    try {
      log.append(
          kind,
          stopped == null
              ? Map.of("release", release)
              : Map.of("release", release, "reason", stopped.reason(), "by", stopped.by()));
      return true;
    } catch (AuditException e) {
      LOG.log(System.Logger.Level.ERROR, "the board's order cannot be recorded", e);
      return false;
    }
  }

  private void run() {
    while (!closed) {
      try {
        look();
        Thread.sleep(GLANCE);
      } catch (InterruptedException e) {
        // Only the end of the server ends the watch.
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
