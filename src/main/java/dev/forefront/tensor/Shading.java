package dev.forefront.tensor;

import java.util.Arrays;

/**
 * Which keys the queries of a panel do not see: those behind a query, and those before its window.
 * Numbers stand as {@code [key][query of the panel]}.
 */
final class Shading {
  private static final int COLUMNS = Tile.COLUMNS;

  private Shading() {}

  /**
   * Sets a number for each query and key that it does not see.
   *
   * @param begin of the keys
   * @param first query of the panel
   * @param window as in {@link CausalAttention}
   */
  static void fill(float[] numbers, int begin, int end, int first, int window, float number) {
    for (int key = first + 1; key < end; key++) {
      for (int i = key * COLUMNS; i < key * COLUMNS + key - first; i++) {
        numbers[i] = number;
      }
    }
    if (window > 0) {
      for (int key = begin; key < Math.min(end, first + COLUMNS - window); key++) {
        int seen = Math.max(0, key + window - first);
        Arrays.fill(numbers, key * COLUMNS + seen, (key + 1) * COLUMNS, number);
      }
    }
  }
}
