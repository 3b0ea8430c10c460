package dev.forefront.guard;

import java.util.List;

/**
 * Tells ordinary words from what may be encoded. A chunk is what stands between two white spaces.
 */
final class Chunks {

  /** Of neither: figures, or signs alone, which are odd only where many follow one another. */
  static final int CODE = -1;

  private static final int LONGEST_NUMBER = 4;

  private Chunks() {}

  /** How many characters of the chunk belong to no ordinary word: 0 where it is one. */
  static int odd(CharSequence text, int from, int to) {
    int odd = 0;
    int letters = 0;
    boolean spelling = false;
    for (int at = from; at < to; ) {
      char c = text.charAt(at);
      int end = at + 1;
      if (isLetter(c)) {
        long hash = Lexicon.next(Lexicon.EMPTY, c | 0x20);
        int length = 1;
        while (end < to && (isLetter(text.charAt(end)) || text.charAt(end) == '\'')) {
          if (text.charAt(end) != '\'') {
            hash = Lexicon.next(hash, text.charAt(end) | 0x20);
            length++;
          }
          end++;
        }
        letters += length;
        boolean besideFigure =
            end < to && isFigure(text.charAt(end)) || at > from && isFigure(text.charAt(at - 1));
        odd += Lexicon.knows(hash) && !besideFigure ? 0 : length;
        spelling |= Alphabets.spells(hash);
      } else if (isFigure(c)) {
        while (end < to && isFigure(text.charAt(end))) {
          end++;
        }
        odd += end - at > LONGEST_NUMBER ? end - at : 0;
      } else if (c > 127) {
        odd++;
      } else if (isEscape(text, at, to)) {
        odd += 3;
      }
      at = end;
    }
    return odd == 0 && (letters == 0 || spelling) ? CODE : odd;
  }

  /** Whether most of some words hold figures or are single letters. */
  static boolean areCode(List<String> words) {
    long codes =
        words.stream()
            .filter(word -> word.length() == 1 || hasFigures(word, 0, word.length()))
            .count();
    return codes * 2 > words.size();
  }

  private static boolean isEscape(CharSequence text, int at, int to) {
    char next = at + 1 < to ? text.charAt(at + 1) : ' ';
    return switch (text.charAt(at)) {
      case '%' -> Character.digit(next, 16) >= 0;
      case '=' -> Character.digit(next, 16) >= 0 || next == '"' || next == '\'';
      case '\\' -> next != ' ';
      case '&' -> next == '#' || isLetter(next);
      default -> false;
    };
  }

  /** Whether a sentence ends with the chunk: it has letters, and a full stop behind them. */
  static boolean endsSentence(CharSequence text, int from, int to) {
    int at = to - 1;
    while (at > from
        && (text.charAt(at) == '"' || text.charAt(at) == ')' || text.charAt(at) == '\'')) {
      at--;
    }
    char last = at >= from ? text.charAt(at) : ' ';
    return (last == '.' || last == '?' || last == '!')
        && at > from
        && Character.isLetter(text.charAt(at - 1));
  }

  static boolean hasFigures(CharSequence text, int from, int to) {
    for (int at = from; at < to; at++) {
      if (isFigure(text.charAt(at))) {
        return true;
      }
    }
    return false;
  }

  static boolean isLetter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  static boolean isFigure(char c) {
    return c >= '0' && c <= '9';
  }
}
