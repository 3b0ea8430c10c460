package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of whole arrays, whose lengths are multiples of the vector's. */
final class Vectors {
  private static final VectorSpecies<Float> SPECIES = Panels.SPECIES;

  static final int LANES = SPECIES.length();

  private static final float ROUND_TO = 12_582_912f;
  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND_TO);
  private static final FloatVector ROUND = FloatVector.broadcast(SPECIES, ROUND_TO);

  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts, so that the reduced argument keeps all its bits (Cody and Waite 1980).
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private Vectors() {}

  static int padded(int length) {
    return (length + LANES - 1) / LANES * LANES;
  }

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

  /** {@code gate = gelu(gate) * up}, GELU in its tanh form. */
  static void geglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    float inside = (float) Math.sqrt(2 / Math.PI);
    for (int i = 0; i < length; i++) {
      float g = gate[gateAt + i];
      float tanh = (float) Math.tanh(inside * (g + 0.044715f * g * g * g));
      gate[gateAt + i] = 0.5f * g * (1 + tanh) * up[upAt + i];
    }
  }
}
