package dev.forefront.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that were taken apart: letter by letter, into parts, or into pieces of source code. */
final class Splits {

  private static final int LEAST = 4;
  private static final int LONGEST_GAP = 6;
  private static final int MOST_PARTS = 4;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\n]{0,80})\"|'([^'\n]{0,80})'");

  private Splits() {}

  static void spaced(String passage, Consumer<Decoded> to) {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int at = 0;
    while (at < passage.length()) {
      if (!isSingle(passage, at)) {
        at++;
        continue;
      }
      List<String> gaps = new ArrayList<>();
      StringBuilder letters = new StringBuilder();
      int end = readLetters(passage, at, letters, gaps);
      if (letters.length() >= LEAST) {
        out.append(passage, copied, at).append(' ').append(join(letters, gaps)).append(' ');
        copied = end;
      }
      at = end;
    }
    if (copied > 0) {
      to.accept(new Decoded("spaced", out.append(passage, copied, passage.length()).toString()));
    }
  }

  /** A letter or figure that touches no other. */
  private static boolean isSingle(String passage, int at) {
    return isAlphanumeric(passage, at)
        && !isAlphanumeric(passage, at - 1)
        && !isAlphanumeric(passage, at + 1);
  }

  private static boolean isAlphanumeric(String passage, int at) {
    return at >= 0 && at < passage.length() && Character.isLetterOrDigit(passage.charAt(at));
  }

  private static int readLetters(
      String passage, int from, StringBuilder letters, List<String> gaps) {
    int at = from;
    int end = from;
    while (at < passage.length() && isSingle(passage, at)) {
      letters.append(passage.charAt(at));
      end = at + 1;
      at = end;
      while (at < passage.length() && at - end < LONGEST_GAP && !isAlphanumeric(passage, at)) {
        at++;
      }
      gaps.add(passage.substring(end, at));
    }
    return end;
  }

  /** The gap seen most often stands between letters, any other between words. */
  private static String join(StringBuilder letters, List<String> gaps) {
    Map<String, Integer> counts = new HashMap<>();
    String usual = "";
    for (String gap : gaps.subList(0, letters.length() - 1)) {
      int count = counts.merge(gap, 1, Integer::sum);
      usual = count > counts.getOrDefault(usual, 0) ? gap : usual;
    }
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < letters.length(); at++) {
      text.append(letters.charAt(at));
      if (at + 1 < letters.length() && !gaps.get(at).equals(usual)) {
        text.append(' ');
      }
    }
    return text.indexOf(" ") < 0 ? Lexicon.split(text) : text.toString();
  }

  private record Part(int from, int to) {}

  /** Joins neighbours that are no words, where together they are one. */
  static void parts(String passage, Consumer<Decoded> to) {
    List<Part> parts = words(passage);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    for (int at = 0; at < parts.size(); at++) {
      int last = joinedWith(passage, parts, at);
      if (last > at) {
        out.append(passage, copied, parts.get(at).from());
        for (; at < last; at++) {
          out.append(passage, parts.get(at).from(), parts.get(at).to());
        }
        out.append(passage, parts.get(at).from(), parts.get(at).to());
        copied = parts.get(at).to();
      }
    }
    if (copied > 0) {
      to.accept(new Decoded("split", out.append(passage, copied, passage.length()).toString()));
    }
  }

  private static List<Part> words(String passage) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < passage.length()) {
      int from = at;
      while (at < passage.length() && Chunks.isLetter(passage.charAt(at))) {
        at++;
      }
      if (at > from) {
        parts.add(new Part(from, at));
      }
      at = Math.max(at, from + 1);
    }
    return parts;
  }

  /** The last part that belongs to the word which begins here; the part itself where none does. */
  private static int joinedWith(String passage, List<Part> parts, int first) {
    long hash = Lexicon.EMPTY;
    int length = 0;
    int longest = first;
    boolean broken = false;
    for (int at = first; at < Math.min(parts.size(), first + MOST_PARTS); at++) {
      Part part = parts.get(at);
      if (at > first && part.from() - parts.get(at - 1).to() > 3) {
        break;
      }
      broken |= !Lexicon.knows(Lexicon.of(passage, part.from(), part.to()));
      for (int letter = part.from(); letter < part.to(); letter++) {
        hash = Lexicon.next(hash, passage.charAt(letter) | 0x20);
      }
      length += part.to() - part.from();
      if (at > first && broken && length >= LEAST && Lexicon.knows(hash)) {
        longest = at;
      }
    }
    return longest;
  }

  /** Pieces in quotation marks that are put together by a program. */
  static void quoted(String passage, Consumer<Decoded> to) {
    if (passage.indexOf('+') < 0 && passage.indexOf('=') < 0) {
      return;
    }
    Matcher pieces = QUOTED.matcher(passage);
    StringBuilder joined = new StringBuilder();
    int count = 0;
    while (pieces.find()) {
      joined.append(pieces.group(1) == null ? pieces.group(2) : pieces.group(1));
      count++;
    }
    if (count >= 2) {
      String text = joined.indexOf(" ") < 0 ? Lexicon.split(joined) : joined.toString();
      to.accept(new Decoded("spliced", pieces.replaceAll(" ") + " " + text));
    }
  }
}
