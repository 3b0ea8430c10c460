package dev.forefront.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the operations of one pass. Whoever calls works too; the others look for
 * work for some microseconds after the last one, since a small model's operations follow each other
 * faster than a thread wakes up, and then sleep.
 */
final class Team implements AutoCloseable {

  /** One operation's independent parts. */
  @FunctionalInterface
  interface Work {
    /**
     * @param part from 0
     * @param member who runs it, from 0: each has working memory of its own
     */
    void run(int part, int member);
  }

  /** Multiplications below which a second thread costs more than it brings. */
  private static final long WORTH_SHARING = 50_000;

  /** Looks at an empty hand, some tens of microseconds in all. */
  private static final int LOOKS = 2_000;

  /** Parts that follow each other lie side by side in memory: each member has a run of its own. */
  private static final class Job {
    /** Between two counters, so that they are not in one line of a cache. */
    private static final int APART = 32;

    private final Work work;
    private final int parts;
    private final int runs;
    private final AtomicIntegerArray next;
    private final AtomicInteger left;
    private volatile @Nullable Throwable failure;

    Job(Work work, int parts, int runs) {
      this.work = work;
      this.parts = parts;
      this.runs = runs;
      next = new AtomicIntegerArray(runs * APART);
      for (int run = 1; run < runs; run++) {
        next.setPlain(run * APART, first(run));
      }
      left = new AtomicInteger(parts);
    }

    private int first(int run) {
      return (int) ((long) parts * run / runs);
    }

    /** Its own run, and then what is left of the others'. */
    void help(int member) {
      for (int i = 0; i < runs; i++) {
        int run = (member + i) % runs;
        int end = first(run + 1);
        for (int part = next.getAndIncrement(run * APART);
            part < end;
            part = next.getAndIncrement(run * APART)) {
          try {
            work.run(part, member);
          } catch (RuntimeException | Error e) {
            failure = e;
          } finally {
            left.getAndDecrement();
          }
        }
      }
    }
  }

  private final class Member extends Thread {
    private final int number;
    private volatile boolean asleep;

    Member(String name, int number) {
      super(name);
      this.number = number;
      setDaemon(true);
    }

    @Override
    public void run() {
      Job done = null;
      int looks = 0;
      while (!closed) {
        Job job = current;
        if (job != null && job != done) {
          job.help(number);
          done = job;
          looks = 0;
        } else if (looks++ < LOOKS) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          if (current == job && !closed) {
            LockSupport.park(Team.this);
          }
          asleep = false;
        }
      }
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }
  }

  private final List<Member> members = new ArrayList<>();
  private volatile @Nullable Job current;
  private volatile boolean closed;

  /**
   * @param name of the threads, before a number
   * @param size threads that work, the caller's among them
   */
  Team(String name, int size) {
    for (int number = 1; number < size; number++) {
      Member member = new Member(name + "-" + number, number);
      members.add(member);
      member.start();
    }
  }

  int size() {
    return members.size() + 1;
  }

  /**
   * Runs all parts and returns when they are done. One caller at a time.
   *
   * @param multiplications of all parts together, roughly
   */
  void run(int parts, long multiplications, Work work) {
    if (parts <= 1 || members.isEmpty() || multiplications < WORTH_SHARING) {
      for (int part = 0; part < parts; part++) {
        work.run(part, 0);
      }
      return;
    }
    Job job = new Job(work, parts, size());
    current = job;
    for (Member member : members) {
      member.wake();
    }
    job.help(0);
    for (int looks = 0; job.left.get() > 0; looks++) {
      if (looks < LOOKS) {
        Thread.onSpinWait();
      } else {
        // Someone else has the core that a part is waiting for.
        Thread.yield();
      }
    }
    Throwable failure = job.failure;
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  @Override
  public void close() {
    closed = true;
    members.forEach(LockSupport::unpark);
  }
}
