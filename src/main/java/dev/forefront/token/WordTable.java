package dev.forefront.token;

import org.jspecify.annotations.Nullable;

/**
 * Words and how often each was seen. A word that is known is found in the text where it stands,
 * without a copy: a text has some hundred times as many words as it has different ones.
 */
final class WordTable {
  private @Nullable String[] words = new String[1 << 12];
  private long[] counts = new long[1 << 12];
  private int size;

  /** Hears every word. */
  @FunctionalInterface
  interface Visitor {
    void word(String word, long count);
  }

  /** Counts the word that stands between two places of a text. */
  void add(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int place = place(hash, text, from, to - from);
    if (words[place] == null) {
      place = put(place, text.substring(from, to));
    }
    counts[place]++;
  }

  void addAll(WordTable other) {
    other.forEach(
        (word, count) -> {
          int place = place(word.hashCode(), word, 0, word.length());
          if (words[place] == null) {
            place = put(place, word);
          }
          counts[place] += count;
        });
  }

  int size() {
    return size;
  }

  void forEach(Visitor visitor) {
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (word != null) {
        visitor.word(word, counts[i]);
      }
    }
  }

  /** Where the word stands, or is to stand. */
  private int place(int hash, String text, int from, int length) {
    int mask = words.length - 1;
    int place = spread(hash) & mask;
    for (String word; (word = words[place]) != null; place = (place + 1) & mask) {
      if (word.length() == length && text.startsWith(word, from)) {
        return place;
      }
    }
    return place;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }

  private int put(int place, String word) {
    words[place] = word;
    size++;
    if (2 * size <= words.length) {
      return place;
    }
    @Nullable String[] before = words;
    long[] countsBefore = counts;
    words = new String[2 * before.length];
    counts = new long[2 * before.length];
    for (int i = 0; i < before.length; i++) {
      String moved = before[i];
      if (moved != null) {
        int to = place(moved.hashCode(), moved, 0, moved.length());
        words[to] = moved;
        counts[to] = countsBefore[i];
      }
    }
    return place(word.hashCode(), word, 0, word.length());
  }
}
