package dev.forefront.release;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Shows the time that a test says, until it says another. */
public final class MovedClock extends Clock {
  private volatile Instant now;

  private MovedClock(Instant now) {
    this.now = now;
  }

  public static MovedClock at(Instant now) {
    return new MovedClock(now);
  }

  public void moveTo(Instant then) {
    now = then;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
