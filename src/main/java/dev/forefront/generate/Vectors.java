package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of whole arrays, whose lengths are multiples of the vector's. */
final class Vectors {
  private static final VectorSpecies<Float> SPECIES = Panels.SPECIES;

  private static final int LANES = SPECIES.length();

  private static final float ROUND_TO = 12_582_912f;
  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND_TO);
  private static final FloatVector ROUND = FloatVector.broadcast(SPECIES, ROUND_TO);

  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts, so that the reduced argument keeps all its bits (Cody and Waite 1980).
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private Vectors() {}

  /**
   * {@code e^x} to about one unit in the last place: {@code 2^n e^r} with {@code |r| <= ln(2) / 2}
   * and Taylor's series to the seventh power.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(-87f).min(88f);
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the significand.
    FloatVector shifted = bounded.fma(number(LOG2_E), ROUND);
    IntVector n = shifted.reinterpretAsInts().sub(ROUND_BITS);
    FloatVector whole = shifted.sub(ROUND_TO);
    FloatVector r = whole.fma(number(-LN2_HIGH), bounded);
    r = whole.fma(number(-LN2_LOW), r);
    FloatVector sum = number(1f / 5040);
    sum = sum.fma(r, number(1f / 720));
    sum = sum.fma(r, number(1f / 120));
    sum = sum.fma(r, number(1f / 24));
    sum = sum.fma(r, number(1f / 6));
    sum = sum.fma(r, number(0.5f));
    sum = sum.fma(r, number(1f));
    sum = sum.fma(r, number(1f));
    FloatVector power = n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return sum.mul(power);
  }

  private static FloatVector number(float number) {
    return FloatVector.broadcast(SPECIES, number);
  }

  /** {@code gate = silu(gate) * up} for {@code length} numbers, a multiple of the lanes. */
  static void swiglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(SPECIES, up, upAt + i);
      g.div(exp(g.neg()).add(1f)).mul(u).intoArray(gate, gateAt + i);
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
      g.div(exp(inside.neg()).add(1f)).mul(u).intoArray(gate, gateAt + i);
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
