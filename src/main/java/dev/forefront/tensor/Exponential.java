package dev.forefront.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What the exponential function is computed with, by vectors here and by plain loops elsewhere:
 * {@code 2^n e^r} with {@code |r| <= ln(2) / 2} and Taylor's series to the seventh power. Unlike
 * the JVM's own it gives the same bits before and after the compiler has seen it.
 */
public final class Exponential {
  public static final float LEAST = -87;
  public static final float MOST = 88;
  public static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts, so that the reduced argument keeps all its bits (Cody and Waite 1980).
  public static final float MINUS_LN2_HIGH = -0.693359375f;
  public static final float MINUS_LN2_LOW = 2.12194440e-4f;

  /** Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the significand. */
  public static final float ROUND = 12_582_912f;

  public static final int BIAS = 127;
  public static final int SIGNIFICAND = 23;
  // Of Taylor's series.
  public static final float SEVENTH = 1f / 5040;
  public static final float SIXTH = 1f / 720;
  public static final float FIFTH = 1f / 120;
  public static final float FOURTH = 1f / 24;
  public static final float THIRD = 1f / 6;
  public static final float SECOND = 0.5f;

  /**
   * The vectors, made once: where each call makes its own the compiler gives up inlining and makes
   * objects of them. They stand apart, for the numbers are wanted without two hundred classes.
   */
  private static final class Of {
    static final FloatVector LEAST = number(Exponential.LEAST);
    static final FloatVector LOG2_E = number(Exponential.LOG2_E);
    static final FloatVector MINUS_LN2_HIGH = number(Exponential.MINUS_LN2_HIGH);
    static final FloatVector MINUS_LN2_LOW = number(Exponential.MINUS_LN2_LOW);
    static final FloatVector ROUND = number(Exponential.ROUND);
    static final IntVector ROUND_BITS = whole(Float.floatToRawIntBits(Exponential.ROUND));
    static final IntVector BIAS = whole(Exponential.BIAS);
    static final FloatVector SEVENTH = number(Exponential.SEVENTH);
    static final FloatVector SIXTH = number(Exponential.SIXTH);
    static final FloatVector FIFTH = number(Exponential.FIFTH);
    static final FloatVector FOURTH = number(Exponential.FOURTH);
    static final FloatVector THIRD = number(Exponential.THIRD);
    static final FloatVector SECOND = number(Exponential.SECOND);
    static final FloatVector UNIT = number(1);

    private static FloatVector number(float number) {
      return FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, number);
    }

    private static IntVector whole(int number) {
      return IntVector.broadcast(IntVector.SPECIES_PREFERRED, number);
    }
  }

  private Exponential() {}

  /**
   * {@code e^x} to about one unit in the last place; of what is below {@link #LEAST}, that of this.
   *
   * @param x of the preferred species, at most {@link #MOST}
   */
  public static FloatVector of(FloatVector x) {
    FloatVector bounded = x.max(Of.LEAST);
    FloatVector shifted = bounded.fma(Of.LOG2_E, Of.ROUND);
    IntVector n = shifted.reinterpretAsInts().sub(Of.ROUND_BITS);
    FloatVector whole = shifted.sub(Of.ROUND);
    FloatVector r = whole.fma(Of.MINUS_LN2_HIGH, bounded);
    r = whole.fma(Of.MINUS_LN2_LOW, r);
    FloatVector sum = Of.SEVENTH.fma(r, Of.SIXTH);
    sum = sum.fma(r, Of.FIFTH);
    sum = sum.fma(r, Of.FOURTH);
    sum = sum.fma(r, Of.THIRD);
    sum = sum.fma(r, Of.SECOND);
    sum = sum.fma(r, Of.UNIT);
    sum = sum.fma(r, Of.UNIT);
    FloatVector power =
        n.add(Of.BIAS).lanewise(VectorOperators.LSHL, SIGNIFICAND).reinterpretAsFloats();
    return sum.mul(power);
  }
}
