package dev.forefront.serve;

import dev.forefront.release.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether the caller is still there while a reply is written, and interrupts the writing
 * thread when not, or when the board stops the reply. Made and closed by that thread.
 *
 * <p>An interrupt closes the connection that is being written to. Where the board stops, the caller
 * is to hear why: then it waits until what is being told has been told, for a moment at most. A
 * caller that takes nothing for long has as good as gone: it would keep its place from others.
 */
final class Presence implements AutoCloseable {
  private static final Duration GLANCE = Duration.ofMillis(20);
  private static final Duration PULSE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Thread writer = Thread.currentThread();
  private final BooleanSupplier connected;
  private final Runnable pulse;
  private final Duration patience;
  private boolean telling;
  private long tellingSince;
  private boolean over;
  private boolean gone;
  private Standing.@Nullable Stopped stopped;

  private Presence(BooleanSupplier connected, Runnable pulse, Duration patience) {
    this.connected = connected;
    this.pulse = pulse;
    this.patience = patience;
  }

  /**
   * @param pulse run now and then while the caller is there, on a thread of its own: it may wait
   *     for a caller that takes nothing
   */
  static Presence watch(BooleanSupplier connected, Runnable pulse) {
    return watch(connected, pulse, PATIENCE);
  }

  /**
   * @param patience how long a caller may take to hear one thing
   */
  static Presence watch(BooleanSupplier connected, Runnable pulse, Duration patience) {
    Presence presence = new Presence(connected, pulse, patience);
    Thread.ofVirtual().name("presence").start(presence::run);
    Thread.ofVirtual().name("pulse").start(presence::beat);
    return presence;
  }

  private void beat() {
    while (isWanted()) {
      try {
        Thread.sleep(PULSE);
        if (isWanted()) {
          pulse.run();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        leave();
      }
    }
  }

  private void run() {
    while (isWanted()) {
      try {
        Thread.sleep(GLANCE);
      } catch (InterruptedException e) {
        return;
      }
    }
    if (stopped().isPresent()) {
      endWhatIsTold();
    }
  }

  /** A caller that is too slow to take what was told before the order hears no more. */
  private void endWhatIsTold() {
    try {
      Thread.sleep(GLANCE);
    } catch (InterruptedException e) {
      // Then at once.
    }
    synchronized (this) {
      if (telling && !over) {
        writer.interrupt();
      }
    }
  }

  private synchronized boolean isWanted() {
    if (!over && !gone && (!connected.getAsBoolean() || takesTooLong())) {
      leave();
    }
    return !over && !gone && stopped == null;
  }

  private boolean takesTooLong() {
    return telling && System.nanoTime() - tellingSince > patience.toNanos();
  }

  /** The caller has gone, or the server wants to end. */
  synchronized void leave() {
    if (!over && !gone) {
      gone = true;
      writer.interrupt();
    }
  }

  /** The board has stopped the release. */
  synchronized void stop(Standing.Stopped order) {
    if (!over && stopped == null) {
      stopped = order;
      if (!telling) {
        writer.interrupt();
      }
    }
  }

  /** Runs what writes to the caller, on the writing thread; who wants to end it waits for that. */
  void tell(Runnable tells) {
    boolean woken;
    synchronized (this) {
      telling = true;
      tellingSince = System.nanoTime();
      woken = Thread.interrupted();
    }
    try {
      tells.run();
    } finally {
      synchronized (this) {
        telling = false;
        if (woken || gone || stopped != null) {
          writer.interrupt();
        }
      }
    }
  }

  synchronized boolean isGone() {
    return gone;
  }

  /** The board's order that ended the reply. */
  synchronized Optional<Standing.Stopped> stopped() {
    return Optional.ofNullable(stopped);
  }

  /** Whether nothing more may be told, whoever wants that. */
  synchronized boolean isEnding() {
    return gone || stopped != null;
  }

  @Override
  public synchronized void close() {
    over = true;
    if (gone || stopped != null) {
      // The interrupt was meant for the reply, not for what the thread does after it.
      Thread.interrupted();
    }
  }
}
