package dev.forefront.generate;

/**
 * Written rows as {@link NibblePanels} multiply by them: whole numbers, a scale for each block. The
 * products of a block and their sum are kept in sixteen bits, so a block's numbers are as large as
 * that allows whatever the codes are: what counts is their sum, not the largest of them. Steps are
 * never coarser than those of eight bits, and three times finer in an ordinary block.
 *
 * <p>Sums are modulo {@code 2^16}, and so are the factors here, which spare the kernel the masks: a
 * half of an int that is moved down by a code still has the codes above it, sixteen, 256 and 4,096
 * times too large. What these add to the products with one factor, the next factor takes off again.
 */
final class QuantizedRows implements WrittenRows {
  /** Inputs that share a scale. */
  static final int BLOCK = NibblePanels.BLOCK;

  /** Inputs of one int of codes, whose factors are half as many ints. */
  private static final int PLACES = NibblePanels.PLACES;

  /** Of what is added to a number to round it: the low bits are then the whole number's. */
  private static final float ROUND = 0x1.8p23f;

  /**
   * The largest sum of a block's magnitudes: eight times that, and what rounding adds to it, is
   * still a number of sixteen bits.
   */
  private static final float LARGEST = (1 << 12) - 1 - BLOCK / 2;

  /** Below it a block counts for nothing: its inverse would be no number. */
  private static final float LEAST = 0x1p-100f;

  private int[] factors = {};
  private int[] starts = {};
  private float[] scales = {};
  private float[] sums = {};

  @Override
  public void room(int rows, int stride) {
    if (factors.length < rows * stride / 2) {
      factors = new int[rows * stride / 2];
      starts = new int[rows * (stride / BLOCK)];
      scales = new float[starts.length];
      sums = new float[starts.length];
    }
  }

  @Override
  public void take(float[] x, int row, int stride, int count) {
    int at = row * stride;
    int to = row * (stride / BLOCK);
    for (int from = at; from < at + count; from += BLOCK, to++) {
      float magnitude = magnitude(x, from);
      boolean counts = !(magnitude < LEAST);
      sums[to] = Plain.sum(x, from, BLOCK);
      scales[to] = counts ? magnitude / LARGEST : 0;
      int total = quantize(x, from, counts ? LARGEST / magnitude : 0);
      starts[to] = -NibblePanels.BIAS * total & 0xffff;
    }
  }

  private static float magnitude(float[] x, int from) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = from; i < from + BLOCK; i += 4) {
      a += Math.abs(x[i]);
      b += Math.abs(x[i + 1]);
      c += Math.abs(x[i + 2]);
      d += Math.abs(x[i + 3]);
    }
    return (a + b) + (c + d);
  }

  /** The sum of the whole numbers. */
  private int quantize(float[] x, int from, float inverse) {
    int total = 0;
    int to = from / 2;
    for (int i = from; i < from + BLOCK; i += PLACES) {
      int last = 0;
      for (int place = 0; place < PLACES / 2; place++) {
        int number = Float.floatToRawIntBits(x[i + place] * inverse + ROUND);
        factors[to + place] = number - 16 * last & 0xffff;
        total += (short) number;
        last = number;
      }
      for (int place = 0; place < PLACES / 2; place++, to++) {
        int number = Float.floatToRawIntBits(x[i + PLACES / 2 + place] * inverse + ROUND);
        factors[to] |= number - 16 * last << 16;
        total += (short) number;
        last = number;
      }
    }
    return total;
  }

  /**
   * Of the codes at place {@code p} of an int in the lower half, and of those at place {@code p +
   * 4} in the upper one; rows are half as far apart as the inputs' are.
   */
  int[] factors() {
    return factors;
  }

  /**
   * What a block's sum begins with, since codes stand {@link NibblePanels#BIAS} too high; rows are
   * {@code stride / BLOCK} apart, below as well.
   */
  int[] starts() {
    return starts;
  }

  float[] scales() {
    return scales;
  }

  /** Of each block's inputs, as they were. */
  float[] sums() {
    return sums;
  }
}
