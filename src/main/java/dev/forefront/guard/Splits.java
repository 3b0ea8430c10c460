package dev.forefront.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that were taken apart: letter by letter, into parts, or into pieces of source code. */
final class Splits {

  private static final int LEAST = 4;
  private static final int MOST_PARTS = 4;
  private static final int LONGEST_GAP = 3;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\n]{0,80})\"|'([^'\n]{0,80})'");

  private Splits() {}

  static void spaced(String passage, Consumer<Decoded> to) {
    Spelled run = new Spelled(passage);
    for (int at = 0; at < passage.length(); at++) {
      if (isAlphanumeric(passage, at)) {
        if (isAlphanumeric(passage, at - 1) || isAlphanumeric(passage, at + 1)) {
          run.end();
        } else {
          run.add(passage.charAt(at), at, at + 1);
        }
      }
    }
    run.tell("spaced", to);
  }

  private static boolean isAlphanumeric(String passage, int at) {
    return at >= 0 && at < passage.length() && Character.isLetterOrDigit(passage.charAt(at));
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
      String text = out.append(passage, copied, passage.length()).toString();
      if (Evidence.of(text).bits() > Evidence.of(passage).bits()) {
        to.accept(new Decoded("split", text));
      }
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

  /** "Gr0w" is a word that was respelled: taken apart was only what a known word comes of. */
  private static boolean hasFigure(String passage, int from, int to) {
    return passage.substring(from, to).chars().anyMatch(c -> Chunks.isFigure((char) c));
  }

  /** The last part that belongs to the word which begins here; the part itself where none does. */
  private static int joinedWith(String passage, List<Part> parts, int first) {
    long hash = Lexicon.EMPTY;
    int length = 0;
    int longest = first;
    boolean broken = false;
    boolean hyphens = true;
    boolean figures = false;
    int single = 0;
    for (int at = first; at < Math.min(parts.size(), first + MOST_PARTS); at++) {
      Part part = parts.get(at);
      int gap = at == first ? 0 : part.from() - parts.get(at - 1).to();
      if (gap > LONGEST_GAP) {
        break;
      }
      figures |= gap > 0 && hasFigure(passage, part.from() - gap, part.from());
      hyphens &= gap == 0 || gap == 1 && !Character.isWhitespace(passage.charAt(part.from() - 1));
      broken |= !Lexicon.knows(Lexicon.of(passage, part.from(), part.to()));
      for (int letter = part.from(); letter < part.to(); letter++) {
        hash = Lexicon.next(hash, passage.charAt(letter) | 0x20);
      }
      length += part.to() - part.from();
      single += part.to() - part.from() == 1 ? 1 : 0;
      boolean word = Lexicon.knows(hash) && (broken || hyphens) || hyphens && broken && !figures;
      if (at > first && length >= LEAST && single < 2 && word) {
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
