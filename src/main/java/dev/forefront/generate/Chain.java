package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops over numbers of {@link Panels} as float32: each output's chain of fused
 * multiply-adds, for as many rows at once as the processor has registers for.
 */
final class Chain {
  private static final int LANES = Panels.LANES;

  /**
   * Of a processor without AVX-512, whose vectors are shorter as well: room for six rows by half of
   * a panel, where others have it for four by a whole one.
   */
  private static final boolean SIXTEEN_REGISTERS = LANES <= 8;

  private Chain() {}

  /**
   * Continues the chains of some rows, which stand in {@code y}.
   *
   * @param w {@code [count][WIDTH]} from {@code from}
   * @param x the rows' inputs, {@code xStride} apart
   * @param y the rows' outputs of this panel, {@code yStride} apart
   */
  static void rows(
      float[] w,
      int from,
      int count,
      float[] x,
      int xAt,
      int xStride,
      int rows,
      float[] y,
      int yAt,
      int yStride) {
    int row = 0;
    if (SIXTEEN_REGISTERS) {
      for (; row + 6 <= rows; row += 6) {
        for (int lane = 0; lane < Panels.WIDTH; lane += 2 * LANES) {
          int to = yAt + row * yStride + lane;
          six(w, from + lane, count, x, xAt + row * xStride, xStride, y, to, yStride);
        }
      }
      for (; row + 2 <= rows; row += 2) {
        two(w, from, count, x, xAt + row * xStride, xStride, y, yAt + row * yStride, yStride);
      }
    }
    for (; row + 4 <= rows; row += 4) {
      four(w, from, count, x, xAt + row * xStride, xStride, y, yAt + row * yStride, yStride);
    }
    for (; row < rows; row++) {
      one(w, from, count, x, xAt + row * xStride, y, yAt + row * yStride);
    }
  }

  static void one(float[] w, int from, int count, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = at(y, yAt, 0);
    FloatVector b = at(y, yAt, 1);
    FloatVector c = at(y, yAt, 2);
    FloatVector d = at(y, yAt, 3);
    int at = from;
    for (int i = 0; i < count; i++, at += Panels.WIDTH) {
      FloatVector v = broadcast(x[xAt + i]);
      a = at(w, at, 0).fma(v, a);
      b = at(w, at, 1).fma(v, b);
      c = at(w, at, 2).fma(v, c);
      d = at(w, at, 3).fma(v, d);
    }
    store(a, b, c, d, y, yAt);
  }

  private static void two(
      float[] w,
      int from,
      int count,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int y0,
      int yStride) {
    int x1 = x0 + xStride;
    int y1 = y0 + yStride;
    FloatVector a0 = at(y, y0, 0);
    FloatVector b0 = at(y, y0, 1);
    FloatVector c0 = at(y, y0, 2);
    FloatVector d0 = at(y, y0, 3);
    FloatVector a1 = at(y, y1, 0);
    FloatVector b1 = at(y, y1, 1);
    FloatVector c1 = at(y, y1, 2);
    FloatVector d1 = at(y, y1, 3);
    int at = from;
    for (int i = 0; i < count; i++, at += Panels.WIDTH) {
      FloatVector wa = at(w, at, 0);
      FloatVector wb = at(w, at, 1);
      FloatVector wc = at(w, at, 2);
      FloatVector wd = at(w, at, 3);
      FloatVector v = broadcast(x[x0 + i]);
      a0 = wa.fma(v, a0);
      b0 = wb.fma(v, b0);
      c0 = wc.fma(v, c0);
      d0 = wd.fma(v, d0);
      v = broadcast(x[x1 + i]);
      a1 = wa.fma(v, a1);
      b1 = wb.fma(v, b1);
      c1 = wc.fma(v, c1);
      d1 = wd.fma(v, d1);
    }
    store(a0, b0, c0, d0, y, y0);
    store(a1, b1, c1, d1, y, y1);
  }

  private static void four(
      float[] w,
      int from,
      int count,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int y0,
      int yStride) {
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    FloatVector a0 = at(y, y0, 0);
    FloatVector b0 = at(y, y0, 1);
    FloatVector c0 = at(y, y0, 2);
    FloatVector d0 = at(y, y0, 3);
    FloatVector a1 = at(y, y1, 0);
    FloatVector b1 = at(y, y1, 1);
    FloatVector c1 = at(y, y1, 2);
    FloatVector d1 = at(y, y1, 3);
    FloatVector a2 = at(y, y2, 0);
    FloatVector b2 = at(y, y2, 1);
    FloatVector c2 = at(y, y2, 2);
    FloatVector d2 = at(y, y2, 3);
    FloatVector a3 = at(y, y3, 0);
    FloatVector b3 = at(y, y3, 1);
    FloatVector c3 = at(y, y3, 2);
    FloatVector d3 = at(y, y3, 3);
    int at = from;
    for (int i = 0; i < count; i++, at += Panels.WIDTH) {
      FloatVector wa = at(w, at, 0);
      FloatVector wb = at(w, at, 1);
      FloatVector wc = at(w, at, 2);
      FloatVector wd = at(w, at, 3);
      FloatVector v = broadcast(x[xAt + i]);
      a0 = wa.fma(v, a0);
      b0 = wb.fma(v, b0);
      c0 = wc.fma(v, c0);
      d0 = wd.fma(v, d0);
      v = broadcast(x[xAt + xStride + i]);
      a1 = wa.fma(v, a1);
      b1 = wb.fma(v, b1);
      c1 = wc.fma(v, c1);
      d1 = wd.fma(v, d1);
      v = broadcast(x[xAt + 2 * xStride + i]);
      a2 = wa.fma(v, a2);
      b2 = wb.fma(v, b2);
      c2 = wc.fma(v, c2);
      d2 = wd.fma(v, d2);
      v = broadcast(x[xAt + 3 * xStride + i]);
      a3 = wa.fma(v, a3);
      b3 = wb.fma(v, b3);
      c3 = wc.fma(v, c3);
      d3 = wd.fma(v, d3);
    }
    store(a0, b0, c0, d0, y, y0);
    store(a1, b1, c1, d1, y, y1);
    store(a2, b2, c2, d2, y, y2);
    store(a3, b3, c3, d3, y, y3);
  }

  private static void six(
      float[] w,
      int from,
      int count,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int y0,
      int yStride) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int x4 = x3 + xStride;
    int x5 = x4 + xStride;
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    int y4 = y3 + yStride;
    int y5 = y4 + yStride;
    FloatVector a0 = at(y, y0, 0);
    FloatVector b0 = at(y, y0, 1);
    FloatVector a1 = at(y, y1, 0);
    FloatVector b1 = at(y, y1, 1);
    FloatVector a2 = at(y, y2, 0);
    FloatVector b2 = at(y, y2, 1);
    FloatVector a3 = at(y, y3, 0);
    FloatVector b3 = at(y, y3, 1);
    FloatVector a4 = at(y, y4, 0);
    FloatVector b4 = at(y, y4, 1);
    FloatVector a5 = at(y, y5, 0);
    FloatVector b5 = at(y, y5, 1);
    int at = from;
    for (int i = 0; i < count; i++, at += Panels.WIDTH) {
      FloatVector wa = at(w, at, 0);
      FloatVector wb = at(w, at, 1);
      FloatVector v = broadcast(x[x0 + i]);
      a0 = wa.fma(v, a0);
      b0 = wb.fma(v, b0);
      v = broadcast(x[x1 + i]);
      a1 = wa.fma(v, a1);
      b1 = wb.fma(v, b1);
      v = broadcast(x[x2 + i]);
      a2 = wa.fma(v, a2);
      b2 = wb.fma(v, b2);
      v = broadcast(x[x3 + i]);
      a3 = wa.fma(v, a3);
      b3 = wb.fma(v, b3);
      v = broadcast(x[x4 + i]);
      a4 = wa.fma(v, a4);
      b4 = wb.fma(v, b4);
      v = broadcast(x[x5 + i]);
      a5 = wa.fma(v, a5);
      b5 = wb.fma(v, b5);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + LANES);
    a1.intoArray(y, y1);
    b1.intoArray(y, y1 + LANES);
    a2.intoArray(y, y2);
    b2.intoArray(y, y2 + LANES);
    a3.intoArray(y, y3);
    b3.intoArray(y, y3 + LANES);
    a4.intoArray(y, y4);
    b4.intoArray(y, y4 + LANES);
    a5.intoArray(y, y5);
    b5.intoArray(y, y5 + LANES);
  }

  static FloatVector broadcast(float number) {
    return FloatVector.broadcast(Species.FLOATS, number);
  }

  /** The {@code nth} vector from {@code at}. */
  static FloatVector at(float[] numbers, int at, int nth) {
    return FloatVector.fromArray(Species.FLOATS, numbers, at + nth * LANES);
  }

  static void store(FloatVector a, FloatVector b, FloatVector c, FloatVector d, float[] y, int at) {
    a.intoArray(y, at);
    b.intoArray(y, at + LANES);
    c.intoArray(y, at + 2 * LANES);
    d.intoArray(y, at + 3 * LANES);
  }
}
