package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of whole arrays, whose lengths are multiples of the vector's. */
final class Vectors {
  private static final int LANES = Panels.LANES;

  // Vectors that are made once: where each call makes its own the compiler gives up inlining and
  // makes objects of them.
  private static final FloatVector LEAST = number(Exponential.LEAST);
  private static final FloatVector MOST = number(Exponential.MOST);
  private static final FloatVector LOG2_E = number(Exponential.LOG2_E);
  private static final FloatVector MINUS_LN2_HIGH = number(Exponential.MINUS_LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW = number(Exponential.MINUS_LN2_LOW);
  private static final FloatVector ROUND = number(Exponential.ROUND);
  private static final IntVector ROUND_BITS = whole(Float.floatToRawIntBits(Exponential.ROUND));
  private static final IntVector EXPONENT_BIAS = whole(Exponential.BIAS);
  private static final FloatVector SEVENTH = number(Exponential.SEVENTH);
  private static final FloatVector SIXTH = number(Exponential.SIXTH);
  private static final FloatVector FIFTH = number(Exponential.FIFTH);
  private static final FloatVector FOURTH = number(Exponential.FOURTH);
  private static final FloatVector THIRD = number(Exponential.THIRD);
  private static final FloatVector SECOND = number(Exponential.SECOND);
  private static final FloatVector UNIT = number(1);

  private Vectors() {}

  /** {@code e^x} to about one unit in the last place, see {@link Exponential}. */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(LEAST).min(MOST);
    FloatVector shifted = bounded.fma(LOG2_E, ROUND);
    IntVector n = shifted.reinterpretAsInts().sub(ROUND_BITS);
    FloatVector whole = shifted.sub(ROUND);
    FloatVector r = whole.fma(MINUS_LN2_HIGH, bounded);
    r = whole.fma(MINUS_LN2_LOW, r);
    FloatVector sum = SEVENTH.fma(r, SIXTH);
    sum = sum.fma(r, FIFTH);
    sum = sum.fma(r, FOURTH);
    sum = sum.fma(r, THIRD);
    sum = sum.fma(r, SECOND);
    sum = sum.fma(r, UNIT);
    sum = sum.fma(r, UNIT);
    FloatVector power =
        n.add(EXPONENT_BIAS)
            .lanewise(VectorOperators.LSHL, Exponential.SIGNIFICAND)
            .reinterpretAsFloats();
    return sum.mul(power);
  }

  private static FloatVector number(float number) {
    return FloatVector.broadcast(Species.FLOATS, number);
  }

  private static IntVector whole(int number) {
    return IntVector.broadcast(Species.INTS, number);
  }

  /** {@code gate = silu(gate) * up} for {@code length} numbers, a multiple of the lanes. */
  static void swiglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(Species.FLOATS, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(Species.FLOATS, up, upAt + i);
      g.div(exp(g.neg()).add(UNIT)).mul(u).intoArray(gate, gateAt + i);
    }
  }

  /**
   * {@code gate = gelu(gate) * up}, GELU in its tanh form: {@code (1 + tanh(u)) / 2} is the
   * logistic function of {@code 2u}.
   */
  static void geglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    FloatVector twice = number(Exponential.GELU_TWICE);
    FloatVector cubic = number(Exponential.GELU_CUBIC);
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(Species.FLOATS, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(Species.FLOATS, up, upAt + i);
      FloatVector inside = g.mul(g).fma(cubic, twice).mul(g);
      g.div(exp(inside.neg()).add(UNIT)).mul(u).intoArray(gate, gateAt + i);
    }
  }
}
