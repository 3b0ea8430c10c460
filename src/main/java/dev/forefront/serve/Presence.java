package dev.forefront.serve;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Watches whether the caller is still there while a reply is written, and interrupts the writing
 * thread when not. Made and closed by that thread.
 */
final class Presence implements AutoCloseable {
  private static final Duration GLANCE = Duration.ofMillis(20);

  private final Thread writer = Thread.currentThread();
  private final BooleanSupplier connected;
  private final Runnable pulse;
  private boolean over;
  private boolean gone;

  private Presence(BooleanSupplier connected, Runnable pulse) {
    this.connected = connected;
    this.pulse = pulse;
  }

  /**
   * @param pulse run now and then while the caller is there
   */
  static Presence watch(BooleanSupplier connected, Runnable pulse) {
    Presence presence = new Presence(connected, pulse);
    Thread.ofVirtual().name("presence").start(presence::run);
    return presence;
  }

  private void run() {
    while (isWanted()) {
      try {
        Thread.sleep(GLANCE);
        pulse.run();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        leave();
      }
    }
  }

  private synchronized boolean isWanted() {
    if (!over && !gone && !connected.getAsBoolean()) {
      leave();
    }
    return !over && !gone;
  }

  /** The caller has gone, or the server wants to end. */
  synchronized void leave() {
    if (!over && !gone) {
      gone = true;
      writer.interrupt();
    }
  }

  synchronized boolean isGone() {
    return gone;
  }

  @Override
  public synchronized void close() {
    over = true;
    if (gone) {
      // The interrupt was meant for the reply, not for what the thread does after it.
      Thread.interrupted();
    }
  }
}
