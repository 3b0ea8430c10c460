package dev.forefront.generate;

/**
 * Rows that a matrix is multiplied by, one below the other: first those of tokens that are written,
 * then those of tokens that are read. Weights of four bits may treat the two differently, and need
 * the sum of each block of a written one.
 */
final class Inputs {
  /** Numbers in a block. */
  static final int BLOCK = 32;

  private final float[] numbers;
  private final int stride;
  private final float[] sums;
  private int written;

  /**
   * @param stride between rows, at least as many as there are numbers in one
   */
  Inputs(int rows, int stride) {
    this.stride = stride;
    numbers = new float[rows * stride];
    sums = new float[rows * sumStride()];
  }

  /** Row {@code r} is from {@code r * stride()} on. */
  float[] numbers() {
    return numbers;
  }

  int stride() {
    return stride;
  }

  /** How many rows, the first ones, are of tokens that are written. */
  int written() {
    return written;
  }

  void written(int rows) {
    written = rows;
  }

  /**
   * Row {@code r} is from {@code r * sumStride()} on; as they were when {@link #sum} was called.
   */
  float[] sums() {
    return sums;
  }

  int sumStride() {
    return stride / BLOCK;
  }

  /** Sums the blocks of a row's first numbers, always in the same order. */
  void sum(int row, int count) {
    int at = row * stride;
    int to = row * sumStride();
    for (int block = 0; block < count / BLOCK; block++) {
      float a = 0;
      float b = 0;
      float c = 0;
      float d = 0;
      for (int end = at + BLOCK; at < end; at += 4) {
        a += numbers[at];
        b += numbers[at + 1];
        c += numbers[at + 2];
        d += numbers[at + 3];
      }
      sums[to + block] = (a + b) + (c + d);
    }
  }
}
