package dev.forefront.guard;

import java.util.Set;

/**
 * Turns words, as they come, into hashed features: the word and its stem, the pair with the word
 * before, pairs of stems that stand near each other, and runs of three to five letters, so that
 * unknown forms of known words still count. One per text; not for several threads.
 */
final class TextFeatures {
  /** Buckets that features are hashed into; a power of two. */
  static final int BUCKETS = 1 << 17;

  private static final int SHIFT = Integer.numberOfLeadingZeros(BUCKETS) + 1;
  private static final int REACH = 5;
  private static final int MOST_TIMES = 3;
  private static final int LONGEST_WORD = 24;
  private static final float COMMON = 0.3f;
  private static final float STEM = 0.8f;
  private static final float PAIR = 0.8f;
  private static final float COMMON_PAIR = 0.4f;
  private static final float NEAR = 0.7f;
  private static final float LETTERS = 0.35f;

  // Words that say little by themselves.
  private static final Set<String> COMMON_WORDS =
      Set.of(
          ("a an the of in on at by for with and or but if is are was were be been being it its this"
                  + " that these those to i you he she we they me him her us them my your his our"
                  + " their do does did done can could would should will shall may might must have"
                  + " has had not no so as from up out about into than then there here what which"
                  + " who when where why how please give tell make get")
              .split(" "));

  private final int[] recent = new int[TextWindow.WORDS];
  private final int[] stems = new int[REACH];
  private int heard;
  private int contentWords;
  private int previous;
  private boolean previousCommon;

  /** Hears the features of a word. */
  interface Sink {
    /**
     * @param bucket below {@link #BUCKETS}
     * @param value above 0
     */
    void feature(int bucket, float value);
  }

  /**
   * @param word lower-case letters and digits
   */
  void word(String word, Sink to) {
    boolean common = COMMON_WORDS.contains(word);
    if (word.length() > LONGEST_WORD || word.length() == 1 && !common) {
      // Codes and letters apart: not words, whatever their runs of letters look like.
      return;
    }
    int whole = hash(word, 0, word.length(), 0x811c9dc5);
    if (isRepeated(whole)) {
      return;
    }
    to.feature(bucket(whole), common ? COMMON : 1);
    if (previous != 0) {
      to.feature(bucket(mix(previous * 31 + whole)), common && previousCommon ? COMMON_PAIR : PAIR);
    }
    if (!common) {
      content(word, to);
    }
    if (word.length() > 3) {
      letters("<" + word + ">", to);
    }
    previous = whole;
    previousCommon = common;
  }

  /** What is said over and over says no more than what is said a few times. */
  private boolean isRepeated(int word) {
    int times = 0;
    for (int one : recent) {
      times += one == word ? 1 : 0;
    }
    recent[heard++ % recent.length] = word;
    return times >= MOST_TIMES;
  }

  private void content(String word, Sink to) {
    String stem = stem(word);
    int hash = hash(stem, 0, stem.length(), 0x1234567);
    to.feature(bucket(hash), STEM);
    for (int back = 1; back <= Math.min(contentWords, REACH); back++) {
      int before = stems[(contentWords - back) % REACH];
      to.feature(bucket(mix(before * 17 + hash + 77)), NEAR);
    }
    stems[contentWords % REACH] = hash;
    contentWords++;
  }

  private static void letters(String framed, Sink to) {
    for (int length = 3; length <= 5; length++) {
      for (int from = 0; from + length <= framed.length(); from++) {
        to.feature(bucket(hash(framed, from, from + length, 0x5bd1e995 + length)), LETTERS);
      }
    }
  }

  /** The word without the commonest endings of English; the same for most forms of a word. */
  static String stem(String word) {
    int length = word.length();
    if (length > 5 && word.endsWith("ing")) {
      return bare(word.substring(0, length - 3));
    }
    if (length > 4 && word.endsWith("ies")) {
      return word.substring(0, length - 3) + "y";
    }
    if (length > 4 && (word.endsWith("ed") || word.endsWith("es"))) {
      return bare(word.substring(0, length - 2));
    }
    if (length > 3 && word.endsWith("s") && !word.endsWith("ss")) {
      return bare(word.substring(0, length - 1));
    }
    return bare(word);
  }

  /** Without a doubled last letter (robb-ing) and without a silent e (mak-e). */
  private static String bare(String stem) {
    int length = stem.length();
    if (length <= 3) {
      return stem;
    }
    char last = stem.charAt(length - 1);
    boolean doubled = last == stem.charAt(length - 2) && "bdgmnprt".indexOf(last) >= 0;
    return doubled || last == 'e' ? stem.substring(0, length - 1) : stem;
  }

  private static int hash(String text, int from, int to, int seed) {
    int hash = seed;
    for (int at = from; at < to; at++) {
      hash = (hash ^ text.charAt(at)) * 0x01000193;
    }
    return mix(hash);
  }

  // The finalizer of MurmurHash3: every bit of the input moves every bit of the output.
  private static int mix(int hash) {
    int h = hash;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    return h ^ (h >>> 16);
  }

  private static int bucket(int hash) {
    return hash >>> SHIFT;
  }
}
