package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of whole arrays, whose lengths are multiples of the vector's. */
final class Vectors {
  private static final VectorSpecies<Float> SPECIES = Panels.SPECIES;

  private static final int LANES = SPECIES.length();

  // Vectors that are made once: where each call makes its own the compiler gives up inlining and
  // makes objects of them.
  private static final FloatVector LEAST = number(-87);
  private static final FloatVector MOST = number(88);
  private static final FloatVector LOG2_E = number(1.44269504f);
  // ln 2 in two parts, so that the reduced argument keeps all its bits (Cody and Waite 1980).
  private static final FloatVector MINUS_LN2_HIGH = number(-0.693359375f);
  private static final FloatVector MINUS_LN2_LOW = number(2.12194440e-4f);
  private static final float ROUND_TO = 12_582_912f;
  private static final FloatVector ROUND = number(ROUND_TO);
  private static final IntVector ROUND_BITS = whole(Float.floatToRawIntBits(ROUND_TO));
  private static final IntVector EXPONENT_BIAS = whole(127);
  // Of Taylor's series.
  private static final FloatVector SEVENTH = number(1f / 5040);
  private static final FloatVector SIXTH = number(1f / 720);
  private static final FloatVector FIFTH = number(1f / 120);
  private static final FloatVector FOURTH = number(1f / 24);
  private static final FloatVector THIRD = number(1f / 6);
  private static final FloatVector SECOND = number(0.5f);
  private static final FloatVector UNIT = number(1);

  private Vectors() {}

  /**
   * {@code e^x} to about one unit in the last place: {@code 2^n e^r} with {@code |r| <= ln(2) / 2}
   * and Taylor's series to the seventh power.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(LEAST).min(MOST);
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the significand.
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
        n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return sum.mul(power);
  }

  private static FloatVector number(float number) {
    return FloatVector.broadcast(SPECIES, number);
  }

  private static IntVector whole(int number) {
    return IntVector.broadcast(Panels.INTS, number);
  }

  /** {@code gate = silu(gate) * up} for {@code length} numbers, a multiple of the lanes. */
  static void swiglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(SPECIES, up, upAt + i);
      g.div(exp(g.neg()).add(UNIT)).mul(u).intoArray(gate, gateAt + i);
    }
  }

  /**
   * {@code gate = gelu(gate) * up}, GELU in its tanh form: {@code (1 + tanh(u)) / 2} is the
   * logistic function of {@code 2u}.
   */
  static void geglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    FloatVector twice = number((float) (2 * Math.sqrt(2 / Math.PI)));
    FloatVector cubic = number((float) (2 * Math.sqrt(2 / Math.PI) * 0.044715));
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(SPECIES, up, upAt + i);
      FloatVector inside = g.mul(g).fma(cubic, twice).mul(g);
      g.div(exp(inside.neg()).add(UNIT)).mul(u).intoArray(gate, gateAt + i);
    }
  }

  /** Numbers of sixteen bits as float32. */
  static void widen(short[] halves, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Float.float16ToFloat(halves[at + i]);
    }
  }

  /** Sum in an order that does not depend on the processor's vector width. */
  static float sum(float[] x, int at, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = at;
    for (; i + 4 <= at + length; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < at + length; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  /** Sum of squares, likewise. */
  static double squares(float[] x, int at, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = at;
    for (; i + 4 <= at + length; i += 4) {
      a += (double) x[i] * x[i];
      b += (double) x[i + 1] * x[i + 1];
      c += (double) x[i + 2] * x[i + 2];
      d += (double) x[i + 3] * x[i + 3];
    }
    for (; i < at + length; i++) {
      a += (double) x[i] * x[i];
    }
    return (a + b) + (c + d);
  }
}
