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
    for (int row = 0; row < ids.length; row++) {
      for (int i = 1; i < ids[row].length; i++) {
        boolean goesOn = documents[row][i] >= 0 && documents[row][i] == documents[row][i - 1];
        if (goesOn && positions[row][i] != positions[row][i - 1] + 1) {
          throw new IllegalArgumentException(
              "row %d, place %d: positions rise by one inside a document".formatted(row, i));
        }
      }
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
}
