package dev.forefront.generate;

import java.util.List;

/** Rows of a pass by twos where they follow each other in one sequence, else one by one. */
final class RowPairs {
  private final int[] first;
  private int count;
  private int rows;

  RowPairs(int mostRows) {
    first = new int[mostRows];
  }

  /**
   * @param sequences of the rows, by what they keep
   */
  void take(List<KeyValueCache> sequences) {
    rows = sequences.size();
    count = 0;
    for (int row = 0; row < rows; row++) {
      boolean isSecond =
          row > 0 && first[count - 1] == row - 1 && sequences.get(row) == sequences.get(row - 1);
      if (!isSecond) {
        first[count++] = row;
      }
    }
  }

  int count() {
    return count;
  }

  int first(int pair) {
    return first[pair];
  }

  boolean isOfTwo(int pair) {
    int next = pair + 1 < count ? first[pair + 1] : rows;
    return next > first[pair] + 1;
  }
}
