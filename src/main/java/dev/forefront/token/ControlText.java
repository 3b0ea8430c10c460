package dev.forefront.token;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the spellings of control tokens in a text: leftmost first, the longest of those. */
final class ControlText {
  private final List<String> controls;
  private final Pattern any;

  ControlText(Collection<String> spellings) {
    controls =
        spellings.stream()
            .filter(spelling -> !spelling.isEmpty())
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    any =
        Pattern.compile(
            controls.isEmpty()
                ? "(?!)"
                : controls.stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  /** A stretch of ordinary text, or the spelling of one control token. */
  record Piece(String text, boolean control) {}

  List<Piece> split(String text) {
    List<Piece> pieces = new ArrayList<>();
    Matcher matcher = any.matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (matcher.start() > end) {
        pieces.add(new Piece(text.substring(end, matcher.start()), false));
      }
      pieces.add(new Piece(matcher.group(), true));
      end = matcher.end();
    }
    if (end < text.length()) {
      pieces.add(new Piece(text.substring(end), false));
    }
    return pieces;
  }

  /** The spellings, longest first. */
  List<String> controls() {
    return controls;
  }
}
