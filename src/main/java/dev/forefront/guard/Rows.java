package dev.forefront.guard;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of rows, many numbers at once. Each sum adds one product after the other, none fused, so
 * that every machine finds the same bits, however wide its vectors are.
 */
final class Rows {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> PLACES = SPECIES.withLanes(int.class);
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
    int[] saying = new int[count];
    int heard = 0;
    for (int at = 0; at < count; at++) {
      // Without a branch: which inputs are 0 is hard to guess.
      saying[heard] = at;
      heard += inputs[first + at] == 0 ? 0 : 1;
    }
    int done = 0;
    for (; done + AT_ONCE * LANES <= size; done += AT_ONCE * LANES) {
      FloatVector one = FloatVector.fromArray(SPECIES, sums, done);
      FloatVector two = FloatVector.fromArray(SPECIES, sums, done + LANES);
      FloatVector three = FloatVector.fromArray(SPECIES, sums, done + 2 * LANES);
      FloatVector four = FloatVector.fromArray(SPECIES, sums, done + 3 * LANES);
      for (int at = 0; at < heard; at++) {
        float input = inputs[first + saying[at]];
        int row = from + saying[at] * size + done;
        one = one.add(FloatVector.fromArray(SPECIES, rows, row).mul(input));
        two = two.add(FloatVector.fromArray(SPECIES, rows, row + LANES).mul(input));
        three = three.add(FloatVector.fromArray(SPECIES, rows, row + 2 * LANES).mul(input));
        four = four.add(FloatVector.fromArray(SPECIES, rows, row + 3 * LANES).mul(input));
      }
      one.intoArray(sums, done);
      two.intoArray(sums, done + LANES);
      three.intoArray(sums, done + 2 * LANES);
      four.intoArray(sums, done + 3 * LANES);
    }
    for (int at = 0; at < heard && done < size; at++) {
      float input = inputs[first + saying[at]];
      for (int one = done; one < size; one++) {
        sums[one] += input * rows[from + saying[at] * size + one];
      }
    }
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

  /** Adds a row to another, each number divided. */
  static void addDivided(int size, float[] to, int at, float[] row, float by) {
    int done = 0;
    for (; done + LANES <= size; done += LANES) {
      FloatVector.fromArray(SPECIES, to, at + done)
          .add(FloatVector.fromArray(SPECIES, row, done).div(by))
          .intoArray(to, at + done);
    }
    for (; done < size; done++) {
      to[at + done] += row[done] / by;
    }
  }

  /**
   * Keeps the most of each number.
   *
   * @param most and {@code places}, where it was, from {@code at} on
   */
  static void keepMost(int size, float[] row, float[] most, int[] places, int at, int place) {
    int done = 0;
    for (; done + LANES <= size; done += LANES) {
      FloatVector now = FloatVector.fromArray(SPECIES, row, done);
      FloatVector before = FloatVector.fromArray(SPECIES, most, at + done);
      VectorMask<Float> more = now.compare(VectorOperators.GT, before);
      if (more.anyTrue()) {
        before.blend(now, more).intoArray(most, at + done);
        IntVector.fromArray(PLACES, places, at + done)
            .blend(place, more.cast(PLACES))
            .intoArray(places, at + done);
      }
    }
    for (; done < size; done++) {
      if (row[done] > most[at + done]) {
        most[at + done] = row[done];
        places[at + done] = place;
      }
    }
  }
}
