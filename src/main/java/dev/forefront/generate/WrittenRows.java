package dev.forefront.generate;

/** Rows of written tokens, made into what {@link CodePanels} multiply by. */
sealed interface WrittenRows permits Lowered, QuantizedRows {
  /** Makes room for so many rows of so many numbers; what was there is forgotten. */
  void room(int rows, int stride);

  /**
   * Takes the first numbers of a row, whole blocks.
   *
   * @param x rows, {@code stride} apart
   */
  void take(float[] x, int row, int stride, int count);
}
