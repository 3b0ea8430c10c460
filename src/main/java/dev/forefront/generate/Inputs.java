package dev.forefront.generate;

import org.jspecify.annotations.Nullable;

/**
 * Rows that a matrix is multiplied by, one below the other: first those of tokens that are written,
 * then those of tokens that are read. Weights that are codes treat the two differently, and need
 * written ones {@link Lowered}.
 */
final class Inputs {
  private final float[] numbers;
  private final int stride;
  // By kind of panels.
  private final @Nullable Lowered[] lowered = new Lowered[CodePanels.KINDS];
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

  /** Room for what {@link #lower} makes of the written rows. */
  void room(CodePanels by) {
    lowered(by).room(written, stride);
  }

  /** Makes of a written row, as it is now, what these panels multiply by. */
  void lower(int row, CodePanels by) {
    lowered(by).take(numbers, row, stride, by.inputs());
  }

  /** As they were when {@link #lower} was called. */
  Lowered lowered(CodePanels by) {
    Lowered one = lowered[by.kind()];
    if (one == null) {
      one = new Lowered(by.places(), by.block());
      lowered[by.kind()] = one;
    }
    return one;
  }
}
