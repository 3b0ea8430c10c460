package dev.forefront.generate;

/**
 * What the exponential function is computed with, by vectors and by plain loops: {@code 2^n e^r}
 * with {@code |r| <= ln(2) / 2} and Taylor's series to the seventh power; and what GELU needs.
 */
final class Exponential {
  static final float LEAST = -87;
  static final float MOST = 88;
  static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts, so that the reduced argument keeps all its bits (Cody and Waite 1980).
  static final float MINUS_LN2_HIGH = -0.693359375f;
  static final float MINUS_LN2_LOW = 2.12194440e-4f;

  /** Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the significand. */
  static final float ROUND = 12_582_912f;

  static final int BIAS = 127;
  static final int SIGNIFICAND = 23;
  // Of Taylor's series.
  static final float SEVENTH = 1f / 5040;
  static final float SIXTH = 1f / 720;
  static final float FIFTH = 1f / 120;
  static final float FOURTH = 1f / 24;
  static final float THIRD = 1f / 6;
  static final float SECOND = 0.5f;

  static final float GELU_TWICE = (float) (2 * Math.sqrt(2 / Math.PI));
  static final float GELU_CUBIC = (float) (2 * Math.sqrt(2 / Math.PI) * 0.044715);

  private Exponential() {}
}
