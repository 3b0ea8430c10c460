package dev.forefront.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Figures and signs that stand for letters, and stretched words. */
final class Spelling {

  private static final String SIGNS = "@$!|+(<";

  private static final int LEAST_RESTORED = 2;
  private static final int MOST_EITHER = 4;

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

  /** Reads a passage whose words have figures for letters, and lone figures as words with it. */
  static void figures(String passage, Consumer<Decoded> to) {
    if (!Chunks.hasFigures(passage, 0, passage.length())) {
      return;
    }
    StringBuilder out = new StringBuilder(passage.length());
    int restored = 0;
    for (int at = 0; at < passage.length(); ) {
      int end = at;
      while (end < passage.length() && !Character.isWhitespace(passage.charAt(end))) {
        end++;
      }
      String read = chunk(passage.substring(at, end).toLowerCase(Locale.ROOT));
      boolean changed = !read.contentEquals(passage.substring(at, end));
      restored += changed && end - at > 1 && Evidence.of(read).known() > 1 ? 1 : 0;
      out.append(read);
      if (end < passage.length()) {
        out.append(passage.charAt(end));
      }
      at = end + 1;
    }
    if (restored >= LEAST_RESTORED
        && Evidence.of(out).bits() > Evidence.of(passage).bits()
        && Evidence.of(out).convinces()) {
      to.accept(new Decoded("leetspeak", out.toString()));
    }
  }

  /** Of a chunk with figures that could be several letters, the reading that is a known word. */
  private static String chunk(String chunk) {
    if (!Chunks.hasFigures(chunk, 0, chunk.length())) {
      return chunk;
    }
    String first = spellAll(chunk, 0);
    int choices = 1 << Math.min(MOST_EITHER, (int) chunk.chars().filter(c -> c == '1').count());
    for (int choice = 0; choice < choices; choice++) {
      String read = spellAll(chunk, choice);
      Evidence evidence = Evidence.of(read);
      if (evidence.known() == evidence.letters()) {
        return read;
      }
    }
    return first;
  }

  private static String spellAll(String chunk, int choice) {
    StringBuilder read = new StringBuilder(chunk.length());
    int either = 0;
    for (int at = 0; at < chunk.length(); at++) {
      char c = chunk.charAt(at);
      boolean one = c == '1';
      read.append(isSign(c) ? c : letter(c, one && (choice >> either & 1) == 1 ? 'l' : 'i'));
      either += one ? 1 : 0;
    }
    return read.toString();
  }
}
