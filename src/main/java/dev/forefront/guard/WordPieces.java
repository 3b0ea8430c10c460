package dev.forefront.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Words as the pieces that an encoder knows (WordPiece; Schuster and Nakajima 2012): of each word
 * the longest known beginning, then the longest of what is left. Immutable.
 */
final class WordPieces {
  private static final String BEGIN = "[CLS]";
  private static final String END = "[SEP]";
  private static final String UNKNOWN = "[UNK]";
  private static final String INSIDE = "##";
  // A longer word is no word.
  private static final int LONGEST = 100;

  private final List<String> pieces;
  private final Map<String, Integer> ids = new HashMap<>();
  private final int longest;

  /**
   * @param pieces by id, all different; those inside of words begin with {@code ##}
   */
  WordPieces(List<String> pieces) {
    this.pieces = List.copyOf(pieces);
    pieces.forEach(piece -> ids.put(piece, ids.size()));
    longest = pieces.stream().mapToInt(String::length).max().orElse(0);
    if (ids.size() != pieces.size() || !ids.keySet().containsAll(List.of(BEGIN, END, UNKNOWN))) {
      throw new IllegalArgumentException("pieces are there twice, or not all that are needed");
    }
  }

  List<String> pieces() {
    return pieces;
  }

  /**
   * A text's ids, between those that begin and end one.
   *
   * @param words lower-case letters and digits
   * @param most ids; of a longer text the beginning
   */
  int[] ids(List<String> words, int most) {
    List<Integer> text = new ArrayList<>();
    text.add(id(BEGIN));
    for (String word : words) {
      if (text.size() < most - 1) {
        add(word, text);
      }
    }
    List<Integer> kept = text.subList(0, Math.min(text.size(), most - 1));
    int[] all = new int[kept.size() + 1];
    for (int at = 0; at < kept.size(); at++) {
      all[at] = kept.get(at);
    }
    all[kept.size()] = id(END);
    return all;
  }

  private void add(String word, List<Integer> to) {
    int before = to.size();
    int from = 0;
    while (from < word.length() && word.length() <= LONGEST) {
      int end = Math.min(word.length(), from + longest);
      Integer id = null;
      for (; end > from && id == null; end--) {
        String part = word.substring(from, end);
        id = ids.get(from == 0 ? part : INSIDE + part);
        if (id != null) {
          from = end;
        }
      }
      if (id == null) {
        break;
      }
      to.add(id);
    }
    if (from < word.length() || word.isEmpty()) {
      to.subList(before, to.size()).clear();
      to.add(id(UNKNOWN));
    }
  }

  private int id(String piece) {
    return ids.getOrDefault(piece, -1);
  }
}
