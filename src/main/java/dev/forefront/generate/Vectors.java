package dev.forefront.generate;

import dev.forefront.tensor.Exponential;
import jdk.incubator.vector.FloatVector;

/** Functions of whole arrays, whose lengths are multiples of the vector's where nothing is said. */
final class Vectors {
  private static final int LANES = Panels.LANES;

  // Made once, as those of Exponential are.
  private static final FloatVector MOST = number(Exponential.MOST);
  private static final FloatVector UNIT = number(1);

  private Vectors() {}

  /** {@code e^x}, see {@link Exponential}. */
  static FloatVector exp(FloatVector x) {
    return Exponential.of(x.min(MOST));
  }

  private static FloatVector number(float number) {
    return FloatVector.broadcast(Species.FLOATS, number);
  }

  /**
   * {@code y += factor * x} for as many of {@code length} numbers as fill vectors.
   *
   * @return how many
   */
  static int addTo(float[] y, int yAt, float[] x, int xAt, float factor, int length) {
    FloatVector by = number(factor);
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      FloatVector sum = FloatVector.fromArray(Species.FLOATS, y, yAt + i);
      FloatVector.fromArray(Species.FLOATS, x, xAt + i).fma(by, sum).intoArray(y, yAt + i);
    }
    return i;
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
    FloatVector twice = number(Gelu.TWICE);
    FloatVector cubic = number(Gelu.CUBIC);
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(Species.FLOATS, gate, gateAt + i);
      FloatVector u = FloatVector.fromArray(Species.FLOATS, up, upAt + i);
      FloatVector inside = g.mul(g).fma(cubic, twice).mul(g);
      g.div(exp(inside.neg()).add(UNIT)).mul(u).intoArray(gate, gateAt + i);
    }
  }

  /** {@code x = gelu(x)} for {@code length} numbers, likewise. */
  static void gelu(float[] x, int length) {
    FloatVector twice = number(Gelu.TWICE);
    FloatVector cubic = number(Gelu.CUBIC);
    for (int i = 0; i < length; i += LANES) {
      FloatVector g = FloatVector.fromArray(Species.FLOATS, x, i);
      FloatVector inside = g.mul(g).fma(cubic, twice).mul(g);
      g.div(exp(inside.neg()).add(UNIT)).intoArray(x, i);
    }
  }
}
