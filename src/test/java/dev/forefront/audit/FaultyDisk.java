package dev.forefront.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Logs whose disk or clock is not what it should be. */
public final class FaultyDisk {

  /** What happens to the write that holds a certain entry. */
  public enum Fault {
    FAILS,
    /** Half of the bytes are there, then no more. */
    IS_FULL,
    FAILS_AFTER_WRITING,
    THROWS_AN_ERROR,
    /** Every write from there on takes a while. */
    IS_SLOW
  }

  private FaultyDisk() {}

  /**
   * @param entry how many entries are written before the fault, at least those of a new log
   */
  public static AuditLog open(Path folder, Fault fault, int entry) {
    return AuditLog.open(folder, Clock.systemUTC(), sink -> new Faulty(sink, fault, entry));
  }

  /** A log whose clock leaps by years, forward and back. */
  public static AuditLog withLeapingClock(Path folder, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Clock leaping =
        new Clock() {
          @Override
          public Instant instant() {
            return Instant.EPOCH.plusSeconds(random.nextLong(4L << 30));
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    return AuditLog.open(folder, leaping);
  }

  private static final class Faulty implements Committer.Sink {
    private static final long PAUSE_NANOS = 20_000_000;

    private final Committer.Sink disk;
    private final Fault fault;
    private final int entry;
    private int written;

    Faulty(Committer.Sink disk, Fault fault, int entry) {
      this.disk = disk;
      this.fault = fault;
      this.entry = entry;
    }

    @Override
    public void writeDurably(byte[] bytes) throws IOException {
      for (byte b : bytes) {
        written += b == '\n' ? 1 : 0;
      }
      if (written > entry) {
        strike(bytes);
      }
      disk.writeDurably(bytes);
    }

    private void strike(byte[] bytes) throws IOException {
      switch (fault) {
        case FAILS -> throw new IOException("input/output error");
        case IS_FULL -> {
          disk.writeDurably(Arrays.copyOf(bytes, bytes.length / 2));
          throw new IOException("no space left on device");
        }
        case FAILS_AFTER_WRITING -> {
          disk.writeDurably(bytes);
          throw new IOException("the sync failed");
        }
        case THROWS_AN_ERROR -> throw new OutOfMemoryError("no memory for the disk");
        case IS_SLOW -> LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }
}
