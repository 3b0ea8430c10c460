package dev.forefront.align;

import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sequences of some examples, packed. They are numbered by their place in the example: all
 * first ones, then all second ones; of pairs, the chosen ones and then the rejected ones.
 *
 * @param examples how many
 * @param replies sequences of all examples together
 * @param places where labels count, as indices into the batch's rows read one after the other
 * @param owners the sequence that each of these places belongs to
 * @param prompts the other places of the first sequences: what stands before their replies
 */
record ReplyBatch(
    TokenBatch tokens, int examples, int replies, long[] places, int[] owners, long[] prompts) {

  /** Rows are kept to multiples of this many places, so that shapes repeat. */
  private static final int GRAIN = 16;

  /** Counted tokens of each reply. */
  int[] counted() {
    int[] tokens = new int[replies];
    for (int owner : owners) {
      tokens[owner]++;
    }
    return tokens;
  }

  /**
   * @param length most places of a row
   */
  static ReplyBatch of(List<? extends Example> examples, int length) {
    List<Sequence> sequences = new ArrayList<>();
    int each = examples.getFirst().sequences().size();
    for (int i = 0; i < each; i++) {
      for (Example example : examples) {
        sequences.add(example.sequences().get(i));
      }
    }
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
    long[] starts = new long[sequences.size()];
    Arrays.setAll(starts, i -> (long) rowOf[i] * width + startOf[i]);
    return located(sequences, examples.size(), starts, Row.batch(rows, width));
  }

  private static ReplyBatch located(
      List<Sequence> sequences, int examples, long[] starts, TokenBatch tokens) {
    List<Long> places = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    List<Long> prompts = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      Sequence sequence = sequences.get(i);
      for (int place = 0; place < sequence.places(); place++) {
        if (sequence.label(place) != TokenBatch.IGNORED) {
          places.add(starts[i] + place);
          owners.add(i);
        } else if (i < examples) {
          prompts.add(starts[i] + place);
        }
      }
    }
    return new ReplyBatch(
        tokens,
        examples,
        sequences.size(),
        longs(places),
        owners.stream().mapToInt(Integer::intValue).toArray(),
        longs(prompts));
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
