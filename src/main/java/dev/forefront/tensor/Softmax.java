package dev.forefront.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * The softmax of a panel of queries over their keys, one query in each lane: numbers stand as
 * {@code [key][query of the panel]}.
 */
final class Softmax {
  private static final int LANES = Tile.LANES;
  private static final int COLUMNS = Tile.COLUMNS;

  private Softmax() {}

  /**
   * Scores to exponentials of what they are less than the query's largest.
   *
   * @param begin of the keys
   * @param most gets each query's largest score, from {@code first}
   * @param share gets one by the sum of its exponentials, likewise
   */
  static void forward(float[] scores, int begin, int end, float[] most, float[] share, int first) {
    for (int lane = 0; lane < COLUMNS; lane += LANES) {
      FloatVector greatest = FloatVector.fromArray(Tile.FLOATS, scores, begin * COLUMNS + lane);
      for (int i = (begin + 1) * COLUMNS + lane; i < end * COLUMNS; i += COLUMNS) {
        greatest = greatest.max(FloatVector.fromArray(Tile.FLOATS, scores, i));
      }
      greatest.intoArray(most, first + lane);
      FloatVector sum = FloatVector.zero(Tile.FLOATS);
      for (int i = begin * COLUMNS + lane; i < end * COLUMNS; i += COLUMNS) {
        FloatVector score = FloatVector.fromArray(Tile.FLOATS, scores, i);
        FloatVector one = Exponential.of(score.sub(greatest));
        one.intoArray(scores, i);
        sum = sum.add(one);
      }
      sum.intoArray(share, first + lane);
    }
    for (int i = first; i < first + COLUMNS; i++) {
      share[i] = 1 / share[i];
    }
  }

  /**
   * Scores to shares of the whole, and the gradients of these to those of the scores.
   *
   * @param products of what each query read and the gradient of that, from {@code product}
   */
  static void back(
      float[] scores,
      float[] byScores,
      int begin,
      int end,
      float[] most,
      float[] share,
      int first,
      float[] products,
      int product) {
    for (int lane = 0; lane < COLUMNS; lane += LANES) {
      FloatVector greatest = FloatVector.fromArray(Tile.FLOATS, most, first + lane);
      FloatVector factor = FloatVector.fromArray(Tile.FLOATS, share, first + lane);
      FloatVector all = FloatVector.fromArray(Tile.FLOATS, products, product + lane);
      for (int i = begin * COLUMNS + lane; i < end * COLUMNS; i += COLUMNS) {
        FloatVector score = FloatVector.fromArray(Tile.FLOATS, scores, i);
        FloatVector given = Exponential.of(score.sub(greatest)).mul(factor);
        given.intoArray(scores, i);
        FloatVector by = FloatVector.fromArray(Tile.FLOATS, byScores, i);
        by.sub(all).mul(given).intoArray(byScores, i);
      }
    }
  }
}
