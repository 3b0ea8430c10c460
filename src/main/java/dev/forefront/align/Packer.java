package dev.forefront.align;

import dev.forefront.data.TokenBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Packs whole sequences into rows, epoch after epoch in a new order: none is cut, none sees
 * another. A batch is a function of its step alone, so a resumed run reads on where it stopped.
 */
final class Packer {
  /** Rows that are open for shorter sequences at a time; more pack tighter and mix less. */
  private static final int OPEN_ROWS = 16;

  private final List<Sequence> sequences;
  private final int rows;
  private final int length;
  private final long seed;
  private long firstRow;
  private long epoch = -1;
  private List<Row> packed = List.of();

  /**
   * @param sequences each of at most {@code length} places
   * @param rows of a batch
   * @param length places of a row
   */
  Packer(List<Sequence> sequences, int rows, int length, long seed) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to pack");
    }
    this.sequences = List.copyOf(sequences);
    this.rows = rows;
    this.length = length;
    this.seed = seed;
  }

  TokenBatch batch(long step) {
    List<Row> batch = new ArrayList<>();
    for (long row = step * rows; row < (step + 1) * rows; row++) {
      batch.add(row(row));
    }
    return Row.batch(batch, length);
  }

  private Row row(long row) {
    if (row < firstRow) {
      epoch = -1;
      firstRow = 0;
      packed = List.of();
    }
    while (row >= firstRow + packed.size()) {
      firstRow += packed.size();
      epoch++;
      packed = pack(epoch);
    }
    return packed.get(Math.toIntExact(row - firstRow));
  }

  private List<Row> pack(long ofEpoch) {
    List<Sequence> order = new ArrayList<>(sequences);
    Collections.shuffle(order, new Random(seed * 1_000_003 + ofEpoch));
    List<Row> done = new ArrayList<>();
    List<Row> open = new ArrayList<>();
    for (Sequence sequence : order) {
      Row best =
          open.stream()
              .filter(row -> row.fits(sequence))
              .min(Comparator.comparingInt(Row::free))
              .orElse(null);
      if (best == null) {
        if (open.size() == OPEN_ROWS) {
          Row fullest = Collections.min(open, Comparator.comparingInt(Row::free));
          open.remove(fullest);
          done.add(fullest);
        }
        best = new Row(length);
        open.add(best);
      }
      best.add(sequence);
    }
    done.addAll(open);
    // rows close fullest first and the last ones are half empty: mix them again
    Collections.shuffle(done, new Random(~(seed * 1_000_003 + ofEpoch)));
    return done;
  }
}
