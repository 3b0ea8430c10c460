package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.util.Arrays;
import java.util.List;

/** Rows of one length, in memory or mapped from a file, and the batches made of them. */
public final class PackedRows {
  private final int rows;
  private final int length;
  private final Packing packing;
  private final Reader reader;

  PackedRows(int rows, int length, Packing packing, Reader reader) {
    if (rows == 0) {
      throw new BadInputException(
          "there is nothing to learn from: no document gave a single token (%s)"
              .formatted(packing.summary()));
    }
    this.rows = rows;
    this.length = length;
    this.packing = packing;
    this.reader = reader;
  }

  static PackedRows ofMemory(List<Row> rows, int length, Packing packing) {
    return new PackedRows(rows.size(), length, packing, rows::get);
  }

  /** Names of the documents in a row, in order, where they were written down. */
  public List<String> names(int row) {
    return reader.names(row);
  }

  /** Where rows lie. */
  @FunctionalInterface
  interface Reader {
    Row row(int index);

    /** Names of a row's documents; asked for when something went wrong. */
    default List<String> names(int index) {
      return row(index).names();
    }
  }

  public int rows() {
    return rows;
  }

  /** Tokens of a row. */
  public int length() {
    return length;
  }

  /** What was packed, cut and dropped. */
  public Packing packing() {
    return packing;
  }

  /**
   * Shuffled batches without end: the rows in a new order each epoch, every row once an epoch. A
   * batch is a function of seed and step alone.
   *
   * @param batchRows rows of a batch
   */
  public BatchSource shuffled(int batchRows, long seed) {
    return shuffled(batchRows, seed, Part.ALL);
  }

  /**
   * Likewise, of each batch one part; the parts of a step hold the rows of its batch, however many
   * they are. Documents are named of the whole batch.
   */
  public BatchSource shuffled(int batchRows, long seed, Part part) {
    if (batchRows < 1) {
      throw new IllegalArgumentException("a batch has at least one row, not " + batchRows);
    }
    return new BatchSource() {
      @Override
      public TokenBatch batch(int step) {
        return PackedRows.this.batch(chosen(step, batchRows, seed, part));
      }

      @Override
      public List<String> documents(int step) {
        return Arrays.stream(chosen(step, batchRows, seed, Part.ALL))
            .mapToObj(PackedRows.this::names)
            .flatMap(List::stream)
            .distinct()
            .toList();
      }
    };
  }

  private int[] chosen(int step, int batchRows, long seed, Part part) {
    int[] chosen = new int[part.rows(batchRows)];
    for (int i = 0; i < chosen.length; i++) {
      long place = (long) step * batchRows + part.index() + (long) i * part.of();
      long epochSeed = Hashing.mix(seed) + place / rows;
      chosen[i] = new Permutation(rows, Hashing.mix(epochSeed)).at((int) (place % rows));
    }
    return chosen;
  }

  /** All rows in their order, for measuring: {@code ceil(rows / batchRows)} batches. */
  public List<TokenBatch> inOrder(int batchRows) {
    int batches = (rows + batchRows - 1) / batchRows;
    return java.util.stream.IntStream.range(0, batches)
        .mapToObj(
            i ->
                batch(
                    java.util.stream.IntStream.range(
                            i * batchRows, Math.min(rows, (i + 1) * batchRows))
                        .toArray()))
        .toList();
  }

  /** Batches that cover one epoch. */
  public int batchesPerEpoch(int batchRows) {
    return (rows + batchRows - 1) / batchRows;
  }

  /** The batch of these rows. */
  public TokenBatch batch(int... indices) {
    int[][] ids = new int[indices.length][];
    int[][] positions = new int[indices.length][length];
    int[][] documents = new int[indices.length][length];
    int[][] labels = new int[indices.length][length];
    for (int i = 0; i < indices.length; i++) {
      Row row = reader.row(indices[i]);
      ids[i] = row.ids().clone();
      spread(row, positions[i], documents[i], labels[i]);
    }
    return new TokenBatch(ids, positions, documents, labels);
  }

  private void spread(Row row, int[] positions, int[] documents, int[] labels) {
    Arrays.fill(labels, TokenBatch.IGNORED);
    for (int t = 0; t < length; t++) {
      documents[t] = Row.document(row.tags()[t]);
      boolean goesOn = t > 0 && documents[t] >= 0 && documents[t] == documents[t - 1];
      positions[t] = goesOn ? positions[t - 1] + 1 : 0;
      if (goesOn && (row.tags()[t] & Row.TARGET) != 0) {
        labels[t - 1] = row.ids()[t];
      }
    }
  }
}
