package dev.forefront.guard;

/**
 * A matrix in eight bits, with a step for each row.
 *
 * @param codes {@code [rows, columns]} row-major
 */
record Steps(byte[] codes, float[] steps) {
  private static final int MOST = 127;

  /** Each number as the nearest of its row's steps. */
  static Steps of(float[] numbers, int rows) {
    int columns = numbers.length / rows;
    byte[] codes = new byte[numbers.length];
    float[] steps = new float[rows];
    for (int row = 0; row < rows; row++) {
      float most = 0;
      for (int at = row * columns; at < (row + 1) * columns; at++) {
        most = Math.max(most, Math.abs(numbers[at]));
      }
      steps[row] = most / MOST;
      for (int at = row * columns; at < (row + 1) * columns && most > 0; at++) {
        codes[at] = (byte) Math.round(numbers[at] / steps[row]);
      }
    }
    return new Steps(codes, steps);
  }

  int columns() {
    return codes.length / steps.length;
  }

  /** Writes a row's numbers. */
  void read(int row, float[] to, int at) {
    int columns = columns();
    for (int column = 0; column < columns; column++) {
      to[at + column] = codes[row * columns + column] * steps[row];
    }
  }

  /** All numbers. */
  float[] numbers() {
    float[] numbers = new float[codes.length];
    for (int row = 0; row < steps.length; row++) {
      read(row, numbers, row * columns());
    }
    return numbers;
  }
}
