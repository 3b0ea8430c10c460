package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix laid out for multiplication: panels of {@link #WIDTH} outputs, inside a panel the
 * outputs of one input side by side. Every output is one chain of fused multiply-adds over the
 * inputs in their order, so that a row's result depends neither on the rows beside it nor on the
 * processor's vector width.
 */
final class Panels {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Outputs in a panel. */
  static final int WIDTH = 4 * LANES;

  private final int outputs;
  private final int inputs;
  private final float[] data;

  /**
   * @param weight {@code [outputs, inputs]} row-major
   */
  Panels(float[] weight, int outputs, int inputs) {
    this(weight, 0, outputs, inputs);
  }

  /**
   * @param weight rows of {@code inputs} numbers, one below the other
   * @param first the row of the first output
   */
  Panels(float[] weight, int first, int outputs, int inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
    data = new float[Math.multiplyExact(padded(outputs), inputs)];
    for (int output = 0; output < outputs; output++) {
      int at = (output / WIDTH) * WIDTH * inputs + output % WIDTH;
      int from = (first + output) * inputs;
      for (int input = 0; input < inputs; input++) {
        data[at + input * WIDTH] = weight[from + input];
      }
    }
  }

  /** Outputs rounded up to whole panels: the stride that results need. */
  static int padded(int outputs) {
    return (outputs + WIDTH - 1) / WIDTH * WIDTH;
  }

  int outputs() {
    return outputs;
  }

  /**
   * {@code y = x @ weight^T} for some rows.
   *
   * @param x rows of at least {@code inputs} numbers, {@code xStride} apart
   * @param y rows of at least {@code padded(outputs)} numbers, {@code yStride} apart
   */
  void multiply(float[] x, int xStride, int rows, float[] y, int yStride) {
    multiply(x, 0, xStride, rows, y, yStride);
  }

  /** Likewise, the first row of {@code x} beginning at {@code xFrom}. */
  void multiply(float[] x, int xFrom, int xStride, int rows, float[] y, int yStride) {
    for (int panel = 0; panel * WIDTH < outputs; panel++) {
      int from = panel * WIDTH * inputs;
      int to = panel * WIDTH;
      int row = 0;
      for (; row + 4 <= rows; row += 4) {
        four(from, x, xFrom + row * xStride, xStride, y, row * yStride + to, yStride);
      }
      for (; row < rows; row++) {
        one(from, x, xFrom + row * xStride, y, row * yStride + to);
      }
    }
  }

  private void one(int from, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = FloatVector.zero(SPECIES);
    FloatVector c = FloatVector.zero(SPECIES);
    FloatVector d = FloatVector.zero(SPECIES);
    int at = from;
    for (int i = 0; i < inputs; i++, at += WIDTH) {
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + i]);
      a = FloatVector.fromArray(SPECIES, data, at).fma(v, a);
      b = FloatVector.fromArray(SPECIES, data, at + LANES).fma(v, b);
      c = FloatVector.fromArray(SPECIES, data, at + 2 * LANES).fma(v, c);
      d = FloatVector.fromArray(SPECIES, data, at + 3 * LANES).fma(v, d);
    }
    store(a, b, c, d, y, yAt);
  }

  private void four(int from, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = FloatVector.zero(SPECIES);
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector d2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    FloatVector c3 = a0;
    FloatVector d3 = a0;
    int at = from;
    for (int i = 0; i < inputs; i++, at += WIDTH) {
      FloatVector wa = FloatVector.fromArray(SPECIES, data, at);
      FloatVector wb = FloatVector.fromArray(SPECIES, data, at + LANES);
      FloatVector wc = FloatVector.fromArray(SPECIES, data, at + 2 * LANES);
      FloatVector wd = FloatVector.fromArray(SPECIES, data, at + 3 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + i]);
      a0 = wa.fma(v, a0);
      b0 = wb.fma(v, b0);
      c0 = wc.fma(v, c0);
      d0 = wd.fma(v, d0);
      v = FloatVector.broadcast(SPECIES, x[xAt + xStride + i]);
      a1 = wa.fma(v, a1);
      b1 = wb.fma(v, b1);
      c1 = wc.fma(v, c1);
      d1 = wd.fma(v, d1);
      v = FloatVector.broadcast(SPECIES, x[xAt + 2 * xStride + i]);
      a2 = wa.fma(v, a2);
      b2 = wb.fma(v, b2);
      c2 = wc.fma(v, c2);
      d2 = wd.fma(v, d2);
      v = FloatVector.broadcast(SPECIES, x[xAt + 3 * xStride + i]);
      a3 = wa.fma(v, a3);
      b3 = wb.fma(v, b3);
      c3 = wc.fma(v, c3);
      d3 = wd.fma(v, d3);
    }
    store(a0, b0, c0, d0, y, yAt);
    store(a1, b1, c1, d1, y, yAt + yStride);
    store(a2, b2, c2, d2, y, yAt + 2 * yStride);
    store(a3, b3, c3, d3, y, yAt + 3 * yStride);
  }

  private static void store(
      FloatVector a, FloatVector b, FloatVector c, FloatVector d, float[] y, int at) {
    a.intoArray(y, at);
    b.intoArray(y, at + LANES);
    c.intoArray(y, at + 2 * LANES);
    d.intoArray(y, at + 3 * LANES);
  }
}
