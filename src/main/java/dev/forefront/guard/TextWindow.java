package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The features of some words in a row, as the heads see them: what they score does not depend on
 * how long the text around them is.
 *
 * @param buckets one for each feature
 * @param values as many
 * @param scale one over the root of the sum of squares, so that long windows weigh like short ones
 */
record TextWindow(int[] buckets, float[] values, float scale) {
  /** Words in a window. */
  static final int WORDS = 40;

  /** A new window begins after so many words. */
  static final int STRIDE = WORDS / 2;

  // As if every window held a little more than it does: a single word is not as sure as a sentence.
  private static final float LEAST = 6;

  // Keeps scores of usual windows near -5..5, where training moves fastest.
  private static final float SHARPNESS = 3;

  static float scale(double squares) {
    return (float) (SHARPNESS / Math.sqrt(squares + LEAST));
  }

  /**
   * All windows of a text, at least one.
   *
   * @param words lower-case letters and digits
   * @param most windows; the rest of a longer text is not looked at
   */
  static List<TextWindow> of(List<String> words, int most) {
    TextFeatures features = new TextFeatures();
    int[] ends = new int[words.size()];
    Growing growing = new Growing();
    for (int at = 0; at < ends.length; at++) {
      features.word(words.get(at), growing);
      ends[at] = growing.size;
    }
    List<TextWindow> windows = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(ends.length, from + WORDS);
      windows.add(growing.window(from == 0 ? 0 : ends[from - 1], to == 0 ? 0 : ends[to - 1]));
      from += STRIDE;
    } while (from + STRIDE < ends.length && windows.size() < most);
    return windows;
  }

  private static final class Growing implements TextFeatures.Sink {
    private int[] buckets = new int[512];
    private float[] values = new float[512];
    private int size;

    @Override
    public void feature(int bucket, float value) {
      if (size == buckets.length) {
        buckets = Arrays.copyOf(buckets, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      buckets[size] = bucket;
      values[size++] = value;
    }

    TextWindow window(int from, int to) {
      double squares = 0;
      for (int at = from; at < to; at++) {
        squares += values[at] * values[at];
      }
      return new TextWindow(
          Arrays.copyOfRange(buckets, from, to),
          Arrays.copyOfRange(values, from, to),
          scale(squares));
    }
  }
}
