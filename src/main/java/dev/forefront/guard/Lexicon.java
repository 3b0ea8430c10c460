package dev.forefront.guard;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Common English words, as evidence that something was decoded rightly and that nothing is left to
 * decode. The list was counted in books in the public domain and in free conversations.
 */
final class Lexicon {

  static final long EMPTY = 0xcbf29ce484222325L;
  static final int LONGEST = 16;

  private static final long PRIME = 0x100000001b3L;
  private static final int SLOTS = 1 << 15;
  private static final long[] WORDS = new long[SLOTS];

  static {
    String list = new String(Guard.resource("words.txt"), StandardCharsets.UTF_8);
    for (String word : list.split("\\s+")) {
      add(of(word, 0, word.length()));
    }
  }

  private Lexicon() {}

  private static void add(long hash) {
    int slot = slot(hash);
    while (WORDS[slot] != 0 && WORDS[slot] != hash) {
      slot = slot + 1 & SLOTS - 1;
    }
    WORDS[slot] = hash;
  }

  private static int slot(long hash) {
    return (int) (hash >>> 40) & SLOTS - 1;
  }

  /** FNV-1a, a letter at a time: 20,000 words among 2^64 do not collide. */
  static long next(long hash, int lowerCaseLetter) {
    return (hash ^ lowerCaseLetter) * PRIME;
  }

  static boolean knows(long hash) {
    int slot = slot(hash);
    while (WORDS[slot] != 0) {
      if (WORDS[slot] == hash) {
        return true;
      }
      slot = slot + 1 & SLOTS - 1;
    }
    return false;
  }

  /** The hash of letters in either case. */
  static long of(CharSequence letters, int from, int to) {
    long hash = EMPTY;
    for (int at = from; at < to; at++) {
      hash = next(hash, letters.charAt(at) | 0x20);
    }
    return hash;
  }

  static boolean knows(CharSequence letters) {
    return knows(of(letters, 0, letters.length()));
  }

  /** How improbable it is that letters by chance are a known word, in bits. */
  static int bits(int length) {
    return switch (length) {
      case 0, 1 -> 0;
      case 2 -> 2;
      case 3 -> 3;
      case 4 -> 6;
      default -> Math.min(40, 4 * length - 10);
    };
  }

  /**
   * Letters without spaces as words: as few words as can be, where a letter of no word counts for
   * more than a word does.
   */
  static String split(CharSequence letters) {
    int length = letters.length();
    int[] cost = new int[length + 1];
    int[] from = new int[length + 1];
    Arrays.fill(cost, 1, length + 1, Integer.MAX_VALUE);
    for (int start = 0; start < length; start++) {
      if (cost[start] + 5 < cost[start + 1]) {
        cost[start + 1] = cost[start] + 5;
        from[start + 1] = ~start;
      }
      long hash = EMPTY;
      for (int end = start + 1; end <= Math.min(length, start + LONGEST); end++) {
        hash = next(hash, letters.charAt(end - 1) | 0x20);
        int price = cost[start] + (end - start > 3 ? 3 : 4);
        if (price < cost[end] && knows(hash)) {
          cost[end] = price;
          from[end] = start;
        }
      }
    }
    return spaced(letters, from);
  }

  /**
   * @param from where the word that ends here begins, or the complement where a letter of no word
   *     ends here
   */
  private static String spaced(CharSequence letters, int[] from) {
    StringBuilder backwards = new StringBuilder(letters.length() * 2);
    boolean space = false;
    for (int end = letters.length(); end > 0; ) {
      boolean word = from[end] >= 0;
      int start = word ? from[end] : ~from[end];
      if ((space || word) && !backwards.isEmpty()) {
        backwards.append(' ');
      }
      for (int at = end - 1; at >= start; at--) {
        backwards.append(letters.charAt(at));
      }
      space = word;
      end = start;
    }
    return backwards.reverse().toString();
  }
}
