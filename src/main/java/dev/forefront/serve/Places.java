package dev.forefront.serve;

import dev.forefront.conversation.Tenant;
import dev.forefront.conversation.Turns;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Places for replies that are written at once. Where all are taken tenants take turns: nobody waits
 * for all that another one asked before. Safe to use from any thread.
 */
final class Places {
  private static final class Waiter {
    private boolean hasPlace;
  }

  private final int all;
  private final Turns<Waiter> waiting = new Turns<>();
  private int free;

  Places(int all) {
    this.all = all;
    free = all;
  }

  /** Takes a place; false where none is free for so long. */
  synchronized boolean take(Tenant tenant, Duration patience) throws InterruptedException {
    if (free > 0) {
      free--;
      return true;
    }
    Waiter waiter = new Waiter();
    waiting.add(tenant, waiter);
    try {
      return await(() -> waiter.hasPlace, patience);
    } catch (InterruptedException e) {
      if (waiter.hasPlace) {
        leave();
      }
      throw e;
    } finally {
      waiting.remove(tenant, waiter);
    }
  }

  /** Gives a place back, to whose turn it is. */
  synchronized void leave() {
    free++;
    waiting
        .next(tenant -> true)
        .ifPresent(
            next -> {
              free--;
              next.hasPlace = true;
            });
    notifyAll();
  }

  /** Waits until nobody has a place; false where somebody has one for so long. */
  synchronized boolean areLeft(Duration patience) throws InterruptedException {
    return await(() -> free == all, patience);
  }

  /** Waits until something holds; false where it does not for so long. */
  private boolean await(BooleanSupplier holds, Duration patience) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    for (long left = patience.toNanos(); left > 0 && !holds.getAsBoolean(); ) {
      wait(left / 1_000_000 + 1);
      left = until - System.nanoTime();
    }
    return holds.getAsBoolean();
  }
}
