package dev.forefront.guard;

import java.util.ArrayList;
import java.util.List;

/** Figures and signs that stand for letters, and stretched words. */
final class Spelling {

  private static final String SIGNS = "@$!|+(<";

  private Spelling() {}

  static boolean isSign(char c) {
    return SIGNS.indexOf(c) >= 0;
  }

  /** The words that a spelling with figures, signs or stretched letters may stand for. */
  static List<String> readings(CharSequence spelling) {
    int end = spelling.length();
    while (end > 0 && isSign(spelling.charAt(end - 1))) {
      end--;
    }
    int letters = 0;
    int replaced = 0;
    boolean either = false;
    boolean stretched = false;
    for (int at = 0; at < end; at++) {
      char c = spelling.charAt(at);
      char letter = letter(c, 'i');
      letters += Character.isLetter(c) ? 1 : 0;
      replaced += letter != c ? 1 : 0;
      either |= c == '1' || c == '|';
      stretched |= at >= 2 && c == spelling.charAt(at - 1) && c == spelling.charAt(at - 2);
    }
    if (letters == 0 || (replaced == 0 && !stretched)) {
      return List.of();
    }
    List<String> readings = new ArrayList<>(2);
    readings.add(spell(spelling, end, 'i'));
    if (either) {
      readings.add(spell(spelling, end, 'l'));
    }
    return readings;
  }

  private static String spell(CharSequence spelling, int end, char one) {
    StringBuilder word = new StringBuilder(end);
    int same = 0;
    for (int at = 0; at < end; at++) {
      char letter = letter(spelling.charAt(at), one);
      if (!Character.isLetterOrDigit(letter)) {
        continue;
      }
      boolean again = !word.isEmpty() && word.charAt(word.length() - 1) == letter;
      same = again ? same + 1 : 1;
      word.append(letter);
      if (same >= 3) {
        // Three and more of a letter are one, so that a stretched word reads as the word.
        word.setLength(word.length() - (same == 3 ? 2 : 1));
      }
    }
    return word.toString();
  }

  private static char letter(char c, char one) {
    return switch (c) {
      case '0' -> 'o';
      case '1', '|' -> one;
      case '3' -> 'e';
      case '4', '@' -> 'a';
      case '5', '$' -> 's';
      case '6', '9' -> 'g';
      case '7', '+' -> 't';
      case '8' -> 'b';
      case '!' -> 'i';
      case '(', '<' -> 'c';
      default -> c;
    };
  }
}
