package dev.forefront.conversation;

/** Waits for threads. */
public final class Threads {
  private Threads() {}

  /**
   * Waits until a thread has ended, whoever interrupts meanwhile; what it had in hand is the
   * caller's only then. An interruption is still to be seen afterwards.
   */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
