package dev.forefront.guard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much a few words in a row look like a request for harm, by what each word means and what
 * stands beside it: {@link PhraseNet} over words whose first layer was computed when it was
 * trained. A word that it does not know says nothing. Immutable and shared.
 */
final class PhraseHead {
  /**
   * The highest log odds: where the linear head finds a text so much more harmless than its limit,
   * nobody need ask. Higher ones decided nothing that was measured.
   */
  static final float MOST = 4;

  private static final float LEAST = -8;

  private final List<String> words;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final byte[] said;
  private final float[] steps;
  private final float[] weights;

  /**
   * @param words all different
   * @param said what each word says in each direction, as steps from 0 to 255
   * @param steps the size of a step in each direction
   * @param weights of {@link PhraseNet}
   */
  PhraseHead(List<String> words, byte[] said, float[] steps, float[] weights) {
    this.words = List.copyOf(words);
    this.said = said;
    this.steps = steps;
    this.weights = weights;
    words.forEach(word -> numbers.put(word, numbers.size()));
    if (numbers.size() != words.size()
        || said.length != words.size() * PhraseNet.WIDTH
        || steps.length != PhraseNet.WIDTH
        || weights.length != PhraseNet.SIZE) {
      throw new IllegalArgumentException("words and weights do not fit each other");
    }
  }

  List<String> words() {
    return words;
  }

  byte[] said() {
    return said;
  }

  float[] steps() {
    return steps;
  }

  float[] weights() {
    return weights;
  }

  boolean knows(String word) {
    return numbers.containsKey(word);
  }

  /** Log odds of words in a row; 0 where none is known. */
  float score(List<String> text) {
    float[] row = new float[text.size() * PhraseNet.WIDTH];
    int length = 0;
    for (String word : text) {
      int number = numbers.getOrDefault(word, -1);
      if (number >= 0) {
        for (int at = 0; at < PhraseNet.WIDTH; at++) {
          row[length * PhraseNet.WIDTH + at] =
              (said[number * PhraseNet.WIDTH + at] & 0xff) * steps[at];
        }
        length++;
      }
    }
    if (length == 0) {
      return 0;
    }
    PhraseNet.Pass pass = new PhraseNet.Pass();
    PhraseNet.pool(weights, row, length, pass);
    PhraseNet.hide(weights, pass);
    float score = PhraseNet.answer(weights, PhraseNet.ANSWER, pass);
    // What is no number must not look like one.
    return Float.isNaN(score) ? Float.NaN : Math.clamp(score, LEAST, MOST);
  }
}
