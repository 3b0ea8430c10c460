package dev.forefront.guard;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of rows, many numbers at once. Each sum adds one product after the other, none fused, so
 * that every machine finds the same bits, however wide its vectors are.
 */
final class Rows {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  // As many sums as stay in registers on the way through all inputs.
  private static final int AT_ONCE = 4;

  private Rows() {}

  /**
   * Adds to sums what inputs say: the row of each input, times the input. Inputs that say 0 cost
   * nothing.
   *
   * @param size of a row, and how many sums there are
   * @param from where the first input's row begins
   */
  static void add(
      int size, float[] rows, int from, float[] inputs, int first, int count, float[] sums) {
    int done = 0;
    for (; done + AT_ONCE * LANES <= size; done += AT_ONCE * LANES) {
      addFour(size, rows, from + done, inputs, first, count, sums, done);
    }
    for (int at = 0; at < count && done < size; at++) {
      float input = inputs[first + at];
      for (int one = done; one < size && input != 0; one++) {
        sums[one] += input * rows[from + at * size + one];
      }
    }
  }

  private static void addFour(
      int size,
      float[] rows,
      int from,
      float[] inputs,
      int first,
      int count,
      float[] sums,
      int to) {
    FloatVector one = FloatVector.fromArray(SPECIES, sums, to);
    FloatVector two = FloatVector.fromArray(SPECIES, sums, to + LANES);
    FloatVector three = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
    FloatVector four = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
    for (int at = 0; at < count; at++) {
      float input = inputs[first + at];
      if (input != 0) {
        int row = from + at * size;
        one = one.add(FloatVector.fromArray(SPECIES, rows, row).mul(input));
        two = two.add(FloatVector.fromArray(SPECIES, rows, row + LANES).mul(input));
        three = three.add(FloatVector.fromArray(SPECIES, rows, row + 2 * LANES).mul(input));
        four = four.add(FloatVector.fromArray(SPECIES, rows, row + 3 * LANES).mul(input));
      }
    }
    one.intoArray(sums, to);
    two.intoArray(sums, to + LANES);
    three.intoArray(sums, to + 2 * LANES);
    four.intoArray(sums, to + 3 * LANES);
  }

  /** Adds a share of one row to another. */
  static void add(int size, float[] to, int at, float share, float[] row, int from) {
    int done = 0;
    for (; done + LANES <= size; done += LANES) {
      FloatVector.fromArray(SPECIES, to, at + done)
          .add(FloatVector.fromArray(SPECIES, row, from + done).mul(share))
          .intoArray(to, at + done);
    }
    for (; done < size; done++) {
      to[at + done] += share * row[from + done];
    }
  }
}
