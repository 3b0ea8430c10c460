package dev.forefront.guard;

import java.time.Duration;

/**
 * How the guard works on streams.
 *
 * @param holdBack pieces of a reply (tokens) kept behind the newest one; released by later verdicts
 * @param stride pieces read before the next verdict is asked for, at least 1
 * @param deadline what one verdict may take; a later answer is no answer
 * @param threads replies judged at once, those whose guard hangs among them; more are refused
 * @param personal what becomes of personal data and secrets
 */
public record GuardSettings(
    int holdBack, int stride, Duration deadline, int threads, Personal personal) {

  public GuardSettings {
    if (holdBack < 0 || stride < 1 || deadline.isNegative() || deadline.isZero() || threads < 1) {
      throw new IllegalArgumentException(
          "hold-back must be 0 or more, stride and threads at least 1 and the deadline above 0");
    }
  }

  /** Personal data and secrets are redacted. */
  public GuardSettings(int holdBack, int stride, Duration deadline, int threads) {
    this(holdBack, stride, deadline, threads, Personal.REDACT);
  }

  /** The same settings, but for personal data and secrets. */
  public GuardSettings with(Personal personal) {
    return new GuardSettings(holdBack, stride, deadline, threads, personal);
  }

  /** Sixteen tokens held back, a verdict every four, two seconds for each, 256 replies at once. */
  public static GuardSettings standard() {
    return new GuardSettings(16, 4, Duration.ofSeconds(2), 256);
  }
}
