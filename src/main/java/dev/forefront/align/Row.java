package dev.forefront.align;

import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Some whole sequences, one behind the other, in one row of a batch. */
final class Row {
  private final int length;
  private final List<Sequence> sequences = new ArrayList<>();
  private int filled;

  Row(int length) {
    this.length = length;
  }

  boolean fits(Sequence sequence) {
    return filled + sequence.places() <= length;
  }

  int free() {
    return length - filled;
  }

  /**
   * @return the place where it begins
   */
  int add(Sequence sequence) {
    if (!fits(sequence)) {
      throw new IllegalArgumentException(
          "a sequence of %d does not fit into %d".formatted(sequence.places(), free()));
    }
    int start = filled;
    sequences.add(sequence);
    filled += sequence.places();
    return start;
  }

  /**
   * @param length of each row of the batch; at least what is filled
   */
  static TokenBatch batch(List<Row> rows, int length) {
    int[][] ids = new int[rows.size()][length];
    int[][] positions = new int[rows.size()][length];
    int[][] documents = new int[rows.size()][length];
    int[][] labels = new int[rows.size()][length];
    for (int r = 0; r < rows.size(); r++) {
      Arrays.fill(documents[r], -1);
      Arrays.fill(labels[r], TokenBatch.IGNORED);
      int at = 0;
      int document = 0;
      for (Sequence sequence : rows.get(r).sequences) {
        for (int place = 0; place < sequence.places(); place++, at++) {
          ids[r][at] = sequence.ids()[place];
          positions[r][at] = place;
          documents[r][at] = document;
          labels[r][at] = sequence.label(place);
        }
        document++;
      }
    }
    return new TokenBatch(ids, positions, documents, labels);
  }

  int filled() {
    return filled;
  }
}
