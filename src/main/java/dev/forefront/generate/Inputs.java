package dev.forefront.generate;

/**
 * Rows that a matrix is multiplied by, one below the other: first those of tokens that are written,
 * then those of tokens that are read. Weights that are codes treat the two differently, and need
 * {@link WrittenRows}.
 */
final class Inputs {
  private final float[] numbers;
  private final int stride;
  private final Lowered bySixteen = new Lowered(16);
  private final Lowered byThirtyTwo = new Lowered(32);
  private final QuantizedRows quantized = new QuantizedRows();
  private int written;

  /**
   * @param stride between rows, at least as many as there are numbers in one
   */
  Inputs(int rows, int stride) {
    this.stride = stride;
    numbers = new float[rows * stride];
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

  /** Room for what {@link #prepare} makes of the written rows. */
  void room(CodePanels by) {
    by.written(this).room(written, stride);
  }

  /** Makes of a written row, as it is now, what these panels multiply by. */
  void prepare(int row, CodePanels by) {
    by.written(this).take(numbers, row, stride, by.inputs());
  }

  /**
   * As the rows were when they were {@link #prepare prepared} for bytes.
   *
   * @param block inputs that share a scale: 16 or 32
   */
  Lowered lowered(int block) {
    return block == 16 ? bySixteen : byThirtyTwo;
  }

  /** Likewise for codes of four bits. */
  QuantizedRows quantized() {
    return quantized;
  }
}
