package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileClaim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One writer at a time, among threads and processes. Orders have a lock of their own: a stop does
 * not wait for someone who copies weights.
 */
record Lock(Path file) {
  private static final long PAUSE_NANOS = 5_000_000;
  private static final int TRIES = 2_000;

  static Lock ofReleases(Path registry) {
    return new Lock(registry.resolve(".lock"));
  }

  static Lock ofOrders(Path registry) {
    return new Lock(registry.resolve(".orders.lock"));
  }

  <T> T holding(Supplier<T> work) {
    for (int i = 0; i < TRIES; i++) {
      try (FileClaim claim = FileClaim.await(file).orElse(null)) {
        if (claim != null) {
          return work.get();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      // Another thread of this process has it.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new BadInputException(file + " is held by another thread for too long: try again");
  }
}
