package dev.forefront.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Letters found one by one in a passage, with what stands between them. */
final class Spelled {

  private static final int LEAST = 4;
  private static final int LONGEST_GAP = 6;
  // Words are shorter on average: what is longer has no gaps between words.
  private static final int LONGEST_MEAN = 10;

  private final String passage;
  private final StringBuilder out = new StringBuilder();
  private final StringBuilder letters = new StringBuilder();
  private final List<String> gaps = new ArrayList<>();
  private int copied;
  private int from;
  private int to;

  Spelled(String passage) {
    this.passage = passage;
  }

  /** A letter that is written from {@code start} to {@code end}. */
  void add(char letter, int start, int end) {
    if (!letters.isEmpty() && start - to > LONGEST_GAP) {
      end();
    }
    if (letters.isEmpty()) {
      from = start;
    } else {
      gaps.add(passage.substring(to, start));
    }
    letters.append(letter);
    to = end;
  }

  /** The letters before belong to no later one. */
  void end() {
    long figures = letters.chars().filter(Character::isDigit).count();
    if (letters.length() >= LEAST && figures * 2 < letters.length()) {
      out.append(passage, copied, from).append(' ').append(join()).append(' ');
      copied = to;
    }
    letters.setLength(0);
    gaps.clear();
  }

  void tell(String layer, Consumer<Decoded> hears) {
    end();
    if (copied > 0) {
      hears.accept(new Decoded(layer, out.append(passage, copied, passage.length()).toString()));
    }
  }

  /** The gap seen most often stands between letters, any other between words. */
  private String join() {
    String usual = usualGap();
    StringBuilder text = new StringBuilder();
    int start = 0;
    int words = 1 + (int) gaps.stream().filter(gap -> !gap.equals(usual)).count();
    boolean apart = words > 1 && letters.length() <= words * LONGEST_MEAN;
    for (int at = 0; at < letters.length(); at++) {
      boolean last = at == gaps.size();
      if (last || !gaps.get(at).equals(usual)) {
        String piece = letters.substring(start, at + 1);
        text.append(apart ? piece : Lexicon.split(piece))
            .append(last ? "" : between(gaps.get(at), usual));
        start = at + 1;
      }
    }
    return text.toString();
  }

  /** An apostrophe stands inside of a word; the usual gap around a sign says nothing. */
  private static String between(String gap, String usual) {
    String sign = gap.replace(usual, "").strip();
    return sign.equals("'") ? "" : sign + " ";
  }

  private String usualGap() {
    Map<String, Integer> counts = new HashMap<>();
    String usual = "";
    for (String gap : gaps) {
      int count = counts.merge(gap, 1, Integer::sum);
      usual = count > counts.getOrDefault(usual, 0) ? gap : usual;
    }
    return usual;
  }
}
