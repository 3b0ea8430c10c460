package dev.forefront.model;

/**
 * What a transformer reads: rows of packed documents, every array {@code [rows][length]}.
 *
 * @param ids token ids
 * @param positions place inside the document, restarting at 0 with each
 * @param documents number of the document inside the row, -1 for padding; a token sees earlier
 *     tokens of its own document only
 */
public record TokenInput(int[][] ids, int[][] positions, int[][] documents) {
  public TokenInput {
    if (ids.length == 0 || ids[0].length == 0) {
      throw new IllegalArgumentException("an input needs at least one token");
    }
  }

  /** Rows of one document each, without padding. */
  public static TokenInput of(int[][] ids) {
    int[][] positions = new int[ids.length][];
    int[][] documents = new int[ids.length][];
    for (int row = 0; row < ids.length; row++) {
      positions[row] = new int[ids[row].length];
      documents[row] = new int[ids[row].length];
      for (int i = 0; i < ids[row].length; i++) {
        positions[row][i] = i;
      }
    }
    return new TokenInput(ids, positions, documents);
  }

  int rows() {
    return ids.length;
  }

  int length() {
    return ids[0].length;
  }

  /** Whether no row holds more than one document, so that the plain causal order suffices. */
  boolean isPlain() {
    for (int row = 0; row < rows(); row++) {
      for (int i = 0; i < length(); i++) {
        if (documents[row][i] != documents[row][0] || positions[row][i] != i) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * What is added to attention scores, {@code [rows, length, length]} row-major: 0 where a place
   * may look, minus infinity elsewhere. Every place sees itself, so that no row of scores is empty.
   */
  float[] mask() {
    int length = length();
    float[] mask = new float[Math.multiplyExact(rows(), length * length)];
    for (int row = 0; row < rows(); row++) {
      int[] document = documents[row];
      for (int i = 0; i < length; i++) {
        int at = (row * length + i) * length;
        for (int j = 0; j < length; j++) {
          boolean sees = j == i || (j < i && document[j] == document[i] && document[i] >= 0);
          mask[at + j] = sees ? 0 : Float.NEGATIVE_INFINITY;
        }
      }
    }
    return mask;
  }
}
