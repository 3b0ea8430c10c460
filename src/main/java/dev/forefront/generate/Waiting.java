package dev.forefront.generate;

import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.Turns;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that wait for the lane, a bounded number, by turns of their tenants. A tenant may have
 * as many as there are places free beside its own, so that one who comes later finds a place. Safe
 * to use from any thread.
 */
final class Waiting {
  private final int most;
  private final Turns<Sequence> turns = new Turns<>();

  Waiting(int most) {
    this.most = most;
  }

  /** Waits until there is a place. */
  synchronized void put(Sequence sequence) throws InterruptedException {
    while (turns.size(sequence.tenant()) >= most - turns.size()) {
      wait();
    }
    turns.add(sequence.tenant(), sequence);
    notifyAll();
  }

  /** The next one, once there is one. */
  Sequence take() throws InterruptedException {
    while (true) {
      Sequence next = take(Long.MAX_VALUE);
      if (next != null) {
        return next;
      }
    }
  }

  /** Likewise; null where there is none for so many nanoseconds. */
  synchronized @Nullable Sequence take(long nanoseconds) throws InterruptedException {
    long from = System.nanoTime();
    while (true) {
      Sequence next = poll(tenant -> true);
      long left = nanoseconds - (System.nanoTime() - from);
      if (next != null || left <= 0) {
        return next;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** The next one of those tenants that may go; null where none of these waits. */
  synchronized @Nullable Sequence poll(Predicate<Tenant> mayGo) {
    Sequence next = turns.next(mayGo).orElse(null);
    if (next != null) {
      notifyAll();
    }
    return next;
  }
}
