package dev.forefront.generate;

/**
 * Written rows as {@link BytePanels} need them. Codes are not moved to the foot of their int before
 * they are made floats, so that a code at place {@code p} is {@code 2^(bits * p)} times too large:
 * here its input is as much smaller, and the product, exact in both, is the same.
 */
final class Lowered implements WrittenRows {
  private static final int PLACES = BytePanels.PLACES;
  private static final float BIAS = 1 << BytePanels.BITS - 1;

  private final int block;
  private final float[] factors = new float[PLACES];
  private float[] numbers = {};
  private float[] over = {};

  /**
   * @param block inputs that share a scale
   */
  Lowered(int block) {
    this.block = block;
    for (int place = 0; place < PLACES; place++) {
      factors[place] = Math.scalb(1f, -BytePanels.BITS * place);
    }
  }

  @Override
  public void room(int rows, int stride) {
    if (numbers.length < rows * stride) {
      numbers = new float[rows * stride];
      over = new float[rows * (stride / block)];
    }
  }

  /** Sums are taken in the same order always. */
  @Override
  public void take(float[] x, int row, int stride, int count) {
    int at = row * stride;
    int end = at + count;
    for (int i = at; i < end; i += PLACES) {
      for (int place = 0; place < PLACES; place++) {
        numbers[i + place] = x[i + place] * factors[place];
      }
    }
    int to = row * (stride / block);
    for (int from = at; from < end; from += block, to++) {
      float rest = 0;
      for (int i = from; i < from + block; i += PLACES) {
        for (int place = 0; place < PLACES - 1; place++) {
          rest += x[i + place];
        }
      }
      over[to] = BIAS * rest;
    }
  }

  /** Where inputs are rows, {@code stride} apart like these. */
  float[] numbers() {
    return numbers;
  }

  /**
   * What a block's products have too much: all codes but the last of an int stand half of their
   * range too high. Rows are {@code stride / block} apart.
   */
  float[] over() {
    return over;
  }
}
