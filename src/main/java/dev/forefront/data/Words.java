package dev.forefront.data;

import java.util.Arrays;

/**
 * The words of a text as hashes: letters and digits in lower case, everything else between them
 * ignored, so that punctuation and line breaks hide no copy.
 */
final class Words {
  private static final long BASE = 0x9e3779b97f4a7c15L | 1;

  private final long[] prefix;
  private final int count;

  private Words(long[] prefix, int count) {
    this.prefix = prefix;
    this.count = count;
  }

  static Words of(CharSequence text) {
    long[] prefix = new long[Math.max(8, text.length() / 5 + 2)];
    int count = 0;
    long word = 0;
    boolean inside = false;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
        word = (word ^ Character.toLowerCase(c)) * 0x100000001b3L + 0xcbf29ce484222325L;
        inside = true;
      } else if (inside && c != '\'' && c != '\u2019') {
        if (count + 1 == prefix.length) {
          prefix = Arrays.copyOf(prefix, 2 * prefix.length);
        }
        prefix[count + 1] = prefix[count] * BASE + Hashing.mix(word);
        count++;
        word = 0;
        inside = false;
      }
    }
    return new Words(prefix, count);
  }

  int count() {
    return count;
  }

  /** Runs of {@code length} words that the text has. */
  int runs(int length) {
    return Math.max(0, count - length + 1);
  }

  /** The hash of the run that begins at a word; {@code power} is {@link #power} of its length. */
  long run(int begin, int length, long power) {
    return Hashing.mix(prefix[begin + length] - prefix[begin] * power);
  }

  static long power(int length) {
    long power = 1;
    for (int i = 0; i < length; i++) {
      power *= BASE;
    }
    return power;
  }

  /** The hash of all words in order. */
  long whole() {
    return Hashing.mix(prefix[count] + count);
  }
}
