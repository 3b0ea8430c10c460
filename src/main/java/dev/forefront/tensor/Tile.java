package dev.forefront.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A small product of matrices, whose result stays in registers until it is whole: {@link #ROWS} by
 * {@link #COLUMNS} chains of fused multiply-adds. Strides are constants, for the JVM's compiler
 * leaves out the checks of bounds then; more rows would not stay in sixteen registers.
 */
final class Tile {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final int LANES = FLOATS.length();
  static final int ROWS = 4;
  static final int COLUMNS = 2 * LANES;

  private Tile() {}

  /**
   * {@code c = a^T b}.
   *
   * @param a {@code [count][ROWS]} from {@code aAt}
   * @param b {@code [count][COLUMNS]} from {@code bAt}
   * @param c {@code [ROWS][COLUMNS]} from {@code cAt}
   */
  static void multiply(float[] a, int aAt, float[] b, int bAt, int count, float[] c, int cAt) {
    FloatVector left0 = FloatVector.zero(FLOATS);
    FloatVector left1 = left0;
    FloatVector left2 = left0;
    FloatVector left3 = left0;
    FloatVector right0 = left0;
    FloatVector right1 = left0;
    FloatVector right2 = left0;
    FloatVector right3 = left0;
    for (int i = 0; i < count; i++) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bAt + i * COLUMNS);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bAt + i * COLUMNS + LANES);
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + i * ROWS]);
      left0 = left.fma(x, left0);
      right0 = right.fma(x, right0);
      x = FloatVector.broadcast(FLOATS, a[aAt + i * ROWS + 1]);
      left1 = left.fma(x, left1);
      right1 = right.fma(x, right1);
      x = FloatVector.broadcast(FLOATS, a[aAt + i * ROWS + 2]);
      left2 = left.fma(x, left2);
      right2 = right.fma(x, right2);
      x = FloatVector.broadcast(FLOATS, a[aAt + i * ROWS + 3]);
      left3 = left.fma(x, left3);
      right3 = right.fma(x, right3);
    }
    left0.intoArray(c, cAt);
    right0.intoArray(c, cAt + LANES);
    left1.intoArray(c, cAt + COLUMNS);
    right1.intoArray(c, cAt + COLUMNS + LANES);
    left2.intoArray(c, cAt + 2 * COLUMNS);
    right2.intoArray(c, cAt + 2 * COLUMNS + LANES);
    left3.intoArray(c, cAt + 3 * COLUMNS);
    right3.intoArray(c, cAt + 3 * COLUMNS + LANES);
  }

  /**
   * {@code c += a b}.
   *
   * @param a {@code [ROWS][COLUMNS]} from {@code aAt}
   * @param b {@code [COLUMNS][COLUMNS]} from {@code bAt}
   * @param c {@link #ROWS} rows of {@link #COLUMNS} numbers from {@code cAt}, {@code stride} apart
   */
  static void add(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride) {
    int c1 = cAt + stride;
    int c2 = c1 + stride;
    int c3 = c2 + stride;
    FloatVector left0 = FloatVector.fromArray(FLOATS, c, cAt);
    FloatVector right0 = FloatVector.fromArray(FLOATS, c, cAt + LANES);
    FloatVector left1 = FloatVector.fromArray(FLOATS, c, c1);
    FloatVector right1 = FloatVector.fromArray(FLOATS, c, c1 + LANES);
    FloatVector left2 = FloatVector.fromArray(FLOATS, c, c2);
    FloatVector right2 = FloatVector.fromArray(FLOATS, c, c2 + LANES);
    FloatVector left3 = FloatVector.fromArray(FLOATS, c, c3);
    FloatVector right3 = FloatVector.fromArray(FLOATS, c, c3 + LANES);
    for (int i = 0; i < COLUMNS; i++) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bAt + i * COLUMNS);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bAt + i * COLUMNS + LANES);
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + i]);
      left0 = left.fma(x, left0);
      right0 = right.fma(x, right0);
      x = FloatVector.broadcast(FLOATS, a[aAt + COLUMNS + i]);
      left1 = left.fma(x, left1);
      right1 = right.fma(x, right1);
      x = FloatVector.broadcast(FLOATS, a[aAt + 2 * COLUMNS + i]);
      left2 = left.fma(x, left2);
      right2 = right.fma(x, right2);
      x = FloatVector.broadcast(FLOATS, a[aAt + 3 * COLUMNS + i]);
      left3 = left.fma(x, left3);
      right3 = right.fma(x, right3);
    }
    left0.intoArray(c, cAt);
    right0.intoArray(c, cAt + LANES);
    left1.intoArray(c, c1);
    right1.intoArray(c, c1 + LANES);
    left2.intoArray(c, c2);
    right2.intoArray(c, c2 + LANES);
    left3.intoArray(c, c3);
    right3.intoArray(c, c3 + LANES);
  }
}
