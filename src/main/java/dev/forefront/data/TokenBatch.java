package dev.forefront.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One batch of packed rows; every array is {@code [rows][length]}.
 *
 * @param ids token ids
 * @param positions place inside the document, restarting at 0 with each
 * @param documents number of the document inside the row; -1 is padding. A token sees earlier
 *     tokens of its own document only
 * @param labels the id to predict at each place (already shifted: the next id of the same
 *     document), or {@link #IGNORED}
 */
public record TokenBatch(int[][] ids, int[][] positions, int[][] documents, int[][] labels) {
  /** A label that counts for nothing. */
  public static final int IGNORED = -100;

  public TokenBatch {
    int rows = ids.length;
    if (positions.length != rows || documents.length != rows || labels.length != rows) {
      throw new IllegalArgumentException("a batch's arrays must have the same number of rows");
    }
    for (int row = 0; row < rows; row++) {
      int length = ids[0].length;
      if (ids[row].length != length
          || positions[row].length != length
          || documents[row].length != length
          || labels[row].length != length) {
        throw new IllegalArgumentException("row %d is not %d long".formatted(row, length));
      }
    }
  }

  /**
   * The same rows, so many at a time.
   *
   * @param most rows of a part; 0: all
   */
  public List<TokenBatch> split(int most) {
    if (most <= 0 || most >= rows()) {
      return List.of(this);
    }
    List<TokenBatch> parts = new ArrayList<>();
    for (int from = 0; from < rows(); from += most) {
      int to = Math.min(rows(), from + most);
      parts.add(
          new TokenBatch(
              Arrays.copyOfRange(ids, from, to),
              Arrays.copyOfRange(positions, from, to),
              Arrays.copyOfRange(documents, from, to),
              Arrays.copyOfRange(labels, from, to)));
    }
    return parts;
  }

  public int rows() {
    return ids.length;
  }

  /** Places in a row. */
  public int length() {
    return ids.length == 0 ? 0 : ids[0].length;
  }

  /** Labels that count. */
  public int valid() {
    int valid = 0;
    for (int[] row : labels) {
      for (int label : row) {
        if (label != IGNORED) {
          valid++;
        }
      }
    }
    return valid;
  }
}
