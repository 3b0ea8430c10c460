package dev.forefront.guard;

import java.util.Arrays;

/**
 * A small convolution over the words of a window: what single words, two in a row and three in a
 * row say, the most and the mean of it, and one hidden layer. Shapes: words in a row are (L,
 * {@value #WIDTH}), never below 0; weights of a layer stand input by input, so that a word that
 * says nothing in a direction costs nothing there.
 */
final class PhraseNet {
  /** Numbers of a word, of a layer, and filters of each convolution. */
  static final int WIDTH = 64;

  private static final int SQUARE = WIDTH * WIDTH;
  static final int PAIR = 0;
  static final int TRIPLE = PAIR + 2 * SQUARE + WIDTH;
  static final int HIDDEN = TRIPLE + 3 * SQUARE + WIDTH;
  static final int POOLED = 4 * WIDTH;
  static final int ANSWER = HIDDEN + POOLED * WIDTH + WIDTH;

  /** How many weights answer whether a request is harmful. */
  static final int SIZE = ANSWER + WIDTH + 1;

  private PhraseNet() {}

  /** What is computed on the way; one for each thread, used again. */
  static final class Pass {
    private final float[] sums = new float[WIDTH];
    final float[] pooled = new float[POOLED];
    // The place that was the most, for each but the mean; -1 where none was above 0.
    final int[] places = new int[3 * WIDTH];
    final float[] hidden = new float[WIDTH];
  }

  /** The most and the mean that words in a row say. */
  static void pool(float[] weights, float[] words, int length, Pass pass) {
    Arrays.fill(pass.pooled, 0);
    Arrays.fill(pass.places, -1);
    float[] sums = pass.sums;
    for (int place = 0; place < length; place++) {
      System.arraycopy(words, place * WIDTH, sums, 0, WIDTH);
      Rows.addDivided(WIDTH, pass.pooled, 3 * WIDTH, sums, length);
      most(pass, 0, place);
      System.arraycopy(weights, PAIR + 2 * SQUARE, sums, 0, WIDTH);
      add(weights, PAIR, words, place, length, sums);
      add(weights, PAIR + SQUARE, words, place + 1, length, sums);
      most(pass, WIDTH, place);
      System.arraycopy(weights, TRIPLE + 3 * SQUARE, sums, 0, WIDTH);
      add(weights, TRIPLE, words, place - 1, length, sums);
      add(weights, TRIPLE + SQUARE, words, place, length, sums);
      add(weights, TRIPLE + 2 * SQUARE, words, place + 1, length, sums);
      most(pass, 2 * WIDTH, place);
    }
  }

  private static void most(Pass pass, int from, int place) {
    Rows.keepMost(WIDTH, pass.sums, pass.pooled, pass.places, from, place);
  }

  private static void add(
      float[] weights, int from, float[] words, int place, int length, float[] sums) {
    if (place >= 0 && place < length) {
      layer(weights, from, words, place * WIDTH, WIDTH, sums);
    }
  }

  /** Adds what inputs say to each of {@link #WIDTH} sums. */
  static void layer(float[] weights, int from, float[] in, int inFrom, int inputs, float[] sums) {
    Rows.add(WIDTH, weights, from, in, inFrom, inputs, sums);
  }

  /** The hidden layer from what was pooled. */
  static void hide(float[] weights, Pass pass) {
    System.arraycopy(weights, HIDDEN + POOLED * WIDTH, pass.hidden, 0, WIDTH);
    layer(weights, HIDDEN, pass.pooled, 0, POOLED, pass.hidden);
    for (int at = 0; at < WIDTH; at++) {
      pass.hidden[at] = Math.max(0, pass.hidden[at]);
    }
  }

  /**
   * Log odds from the hidden layer.
   *
   * @param from where an answer's weights begin, its bias after them
   */
  static float answer(float[] weights, int from, Pass pass) {
    float sum = weights[from + WIDTH];
    for (int at = 0; at < WIDTH; at++) {
      sum += weights[from + at] * pass.hidden[at];
    }
    return sum;
  }
}
