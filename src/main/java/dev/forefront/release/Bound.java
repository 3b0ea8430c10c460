package dev.forefront.release;

/**
 * What a criterion asks of a measurement. It is always asked of the worse end of the confidence
 * interval, so that a small or lucky sample cannot pass.
 */
public sealed interface Bound {

  /** The interval's low end is at least {@code value}. */
  record LowAtLeast(double value) implements Bound {}

  /** The interval's high end is at most {@code value}. */
  record HighAtMost(double value) implements Bound {}

  /** It was measured, whatever came out. */
  record Measured() implements Bound {}
}
