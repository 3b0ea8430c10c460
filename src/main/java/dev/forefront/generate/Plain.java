package dev.forefront.generate;

import dev.forefront.tensor.Exponential;

/**
 * The arithmetic of the kernels in plain loops, with the same results to the last bit. The JVM's
 * compiler makes tolerable code of these in a hundredth of the time that it takes for vectors, and
 * what it has not compiled yet makes no objects: so a model begins with them, until the kernels are
 * {@link Rehearsal rehearsed}.
 */
final class Plain {
  /** Chains side by side, whose sums stay in registers. */
  private static final int ABREAST = 8;

  private Plain() {}

  /**
   * Continues {@code width} chains: {@code y[l]} goes on with {@code w[i * step + l] * x[i]} for
   * each input in order.
   *
   * @param from the first number in {@code w}
   * @param step between the numbers of one input and of the next
   * @param count inputs
   */
  static void chain(
      float[] w, int from, int step, int count, float[] x, int xAt, float[] y, int yAt, int width) {
    int lane = 0;
    for (; lane + ABREAST <= width; lane += ABREAST) {
      eight(w, from + lane, step, count, x, xAt, y, yAt + lane);
    }
    for (; lane < width; lane++) {
      float sum = y[yAt + lane];
      for (int i = 0; i < count; i++) {
        sum = Math.fma(w[from + i * step + lane], x[xAt + i], sum);
      }
      y[yAt + lane] = sum;
    }
  }

  private static void eight(
      float[] w, int from, int step, int count, float[] x, int xAt, float[] y, int yAt) {
    float a = y[yAt];
    float b = y[yAt + 1];
    float c = y[yAt + 2];
    float d = y[yAt + 3];
    float e = y[yAt + 4];
    float f = y[yAt + 5];
    float g = y[yAt + 6];
    float h = y[yAt + 7];
    int at = from;
    for (int i = 0; i < count; i++, at += step) {
      float v = x[xAt + i];
      a = Math.fma(w[at], v, a);
      b = Math.fma(w[at + 1], v, b);
      c = Math.fma(w[at + 2], v, c);
      d = Math.fma(w[at + 3], v, d);
      e = Math.fma(w[at + 4], v, e);
      f = Math.fma(w[at + 5], v, f);
      g = Math.fma(w[at + 6], v, g);
      h = Math.fma(w[at + 7], v, h);
    }
    y[yAt] = a;
    y[yAt + 1] = b;
    y[yAt + 2] = c;
    y[yAt + 3] = d;
    y[yAt + 4] = e;
    y[yAt + 5] = f;
    y[yAt + 6] = g;
    y[yAt + 7] = h;
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

  /** As {@link Vectors#exp}, step by step. */
  static float exp(float x) {
    float bounded = Math.min(Math.max(x, Exponential.LEAST), Exponential.MOST);
    float shifted = Math.fma(bounded, Exponential.LOG2_E, Exponential.ROUND);
    int n = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(Exponential.ROUND);
    float whole = shifted - Exponential.ROUND;
    float r = Math.fma(whole, Exponential.MINUS_LN2_HIGH, bounded);
    r = Math.fma(whole, Exponential.MINUS_LN2_LOW, r);
    float sum = Math.fma(Exponential.SEVENTH, r, Exponential.SIXTH);
    sum = Math.fma(sum, r, Exponential.FIFTH);
    sum = Math.fma(sum, r, Exponential.FOURTH);
    sum = Math.fma(sum, r, Exponential.THIRD);
    sum = Math.fma(sum, r, Exponential.SECOND);
    sum = Math.fma(sum, r, 1);
    sum = Math.fma(sum, r, 1);
    return sum * Float.intBitsToFloat((n + Exponential.BIAS) << Exponential.SIGNIFICAND);
  }

  /** As {@link Vectors#swiglu}. */
  static void swiglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    for (int i = 0; i < length; i++) {
      float g = gate[gateAt + i];
      gate[gateAt + i] = g / (exp(-g) + 1) * up[upAt + i];
    }
  }

  /** As {@link Vectors#geglu}. */
  static void geglu(float[] gate, int gateAt, float[] up, int upAt, int length) {
    for (int i = 0; i < length; i++) {
      float g = gate[gateAt + i];
      float inside = Math.fma(g * g, Gelu.CUBIC, Gelu.TWICE) * g;
      gate[gateAt + i] = g / (exp(-inside) + 1) * up[upAt + i];
    }
  }

  /** As {@link Vectors#gelu}. */
  static void gelu(float[] x, int length) {
    for (int i = 0; i < length; i++) {
      float g = x[i];
      float inside = Math.fma(g * g, Gelu.CUBIC, Gelu.TWICE) * g;
      x[i] = g / (exp(-inside) + 1);
    }
  }

  static void scale(float[] x, int at, int length, float factor) {
    if (factor != 1) {
      for (int i = 0; i < length; i++) {
        x[at + i] *= factor;
      }
    }
  }

  static void add(float[] from, int at, float[] to, int toAt, int length) {
    for (int i = 0; i < length; i++) {
      to[toAt + i] += from[at + i];
    }
  }
}
