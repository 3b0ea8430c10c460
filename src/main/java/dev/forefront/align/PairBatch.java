package dev.forefront.align;

import dev.forefront.align.Pairs.Pair;
import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sequences of some pairs, packed: chosen ones are numbered 0 to pairs - 1 and rejected ones
 * pairs to 2 pairs - 1.
 *
 * @param places where labels count, as indices into the batch's rows read one after the other
 * @param owners the sequence that each of these places belongs to
 */
record PairBatch(TokenBatch tokens, int pairs, long[] places, int[] owners) {

  /** Rows are kept to multiples of this many places, so that shapes repeat. */
  private static final int GRAIN = 16;

  /** Counted tokens of all chosen replies together. */
  int chosenTokens() {
    int tokens = 0;
    for (int owner : owners) {
      tokens += owner < pairs ? 1 : 0;
    }
    return tokens;
  }

  /**
   * @param length most places of a row
   */
  static PairBatch of(List<Pair> pairs, int length) {
    List<Sequence> sequences = new ArrayList<>();
    pairs.forEach(pair -> sequences.add(pair.chosen()));
    pairs.forEach(pair -> sequences.add(pair.rejected()));
    List<Integer> longestFirst =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> -sequences.get(i).places())
                    .thenComparingInt(i -> i))
            .toList();
    List<Row> rows = new ArrayList<>();
    int[] rowOf = new int[sequences.size()];
    int[] startOf = new int[sequences.size()];
    for (int i : longestFirst) {
      Sequence sequence = sequences.get(i);
      int row = 0;
      while (row < rows.size() && !rows.get(row).fits(sequence)) {
        row++;
      }
      if (row == rows.size()) {
        rows.add(new Row(length));
      }
      rowOf[i] = row;
      startOf[i] = rows.get(row).add(sequence);
    }
    int filled = rows.stream().mapToInt(Row::filled).max().orElse(0);
    int width = Math.min(length, (filled + GRAIN - 1) / GRAIN * GRAIN);
    return located(sequences, pairs.size(), rowOf, startOf, Row.batch(rows, width));
  }

  private static PairBatch located(
      List<Sequence> sequences, int pairs, int[] rowOf, int[] startOf, TokenBatch tokens) {
    List<Long> places = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      Sequence sequence = sequences.get(i);
      long start = (long) rowOf[i] * tokens.length() + startOf[i];
      for (int place = 0; place < sequence.places(); place++) {
        if (sequence.label(place) != TokenBatch.IGNORED) {
          places.add(start + place);
          owners.add(i);
        }
      }
    }
    return new PairBatch(
        tokens,
        pairs,
        places.stream().mapToLong(Long::longValue).toArray(),
        owners.stream().mapToInt(Integer::intValue).toArray());
  }
}
