package dev.forefront.generate;

/**
 * Written rows as {@link CodePanels} need them. Codes are not moved to the foot of their int before
 * they are made floats, so that a code at place {@code p} is {@code 2^(bits * p)} times too large:
 * here its input is as much smaller, and the product, exact in both, is the same.
 */
final class Lowered {
  private final int places;
  private final int bits;
  private final int block;
  private final float bias;
  private final float[] factors;
  private float[] numbers = {};
  private float[] sums = {};
  private float[] over = {};
  private float[] under = {};

  /**
   * @param places codes in an int
   * @param block inputs that share a scale
   */
  Lowered(int places, int block) {
    this.places = places;
    this.block = block;
    bits = Integer.SIZE / places;
    bias = 1 << bits - 1;
    factors = new float[places];
    for (int place = 0; place < places; place++) {
      factors[place] = Math.scalb(1f, -bits * place);
    }
  }

  /** Makes room for so many rows of so many numbers; what was there is forgotten. */
  void room(int rows, int stride) {
    if (numbers.length < rows * stride) {
      numbers = new float[rows * stride];
      sums = new float[rows * (stride / block)];
      over = new float[sums.length];
      under = new float[sums.length];
    }
  }

  /** Takes the first numbers of a row, whole blocks; sums are taken in the same order always. */
  void take(float[] x, int row, int stride, int count) {
    int at = row * stride;
    int end = at + count;
    for (int i = at; i < end; i += places) {
      for (int place = 0; place < places; place++) {
        numbers[i + place] = x[i + place] * factors[place];
      }
    }
    int to = row * (stride / block);
    for (int from = at; from < end; from += block, to++) {
      float last = 0;
      float rest = 0;
      for (int i = from; i < from + block; i += places) {
        for (int place = 0; place < places - 1; place++) {
          rest += x[i + place];
        }
        last += x[i + places - 1];
      }
      sums[to] = rest + last;
      over[to] = bias * rest;
      under[to] = -bias * last;
    }
  }

  /** Where inputs are rows, {@code stride} apart like these. */
  float[] numbers() {
    return numbers;
  }

  /** Of the inputs of each block; rows are {@code stride / block} apart, below as well. */
  float[] sums() {
    return sums;
  }

  /**
   * What a block's products have too much, where codes are meant with their sign: all but the last
   * of an int stand {@code bias} too high there.
   */
  float[] over() {
    return over;
  }

  /** Likewise where codes are meant from zero: the last of an int stands too low. */
  float[] under() {
    return under;
  }
}
