package dev.forefront.token;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text by one expression after another. Each sees the pieces that the one before it left as
 * texts of their own, and what it does not match is a piece too (Hugging Face's {@code Split} with
 * the behaviour {@code Isolated}). For one thread.
 */
final class WordCutter {
  private final List<Matcher> steps;

  WordCutter(List<Pattern> expressions) {
    steps = expressions.stream().map(expression -> expression.matcher("")).toList();
  }

  /** Hears of words from left to right. */
  interface Words {
    void word(String text, int from, int to);
  }

  void cut(String text, int from, int to, Words words) {
    steps.forEach(step -> step.reset(text));
    cut(0, text, from, to, words);
  }

  private void cut(int step, String text, int from, int to, Words words) {
    if (step == steps.size()) {
      words.word(text, from, to);
      return;
    }
    Matcher matcher = steps.get(step).region(from, to);
    int end = from;
    while (matcher.find()) {
      if (matcher.start() > end) {
        cut(step + 1, text, end, matcher.start(), words);
      }
      cut(step + 1, text, matcher.start(), matcher.end(), words);
      end = matcher.end();
    }
    if (end < to) {
      cut(step + 1, text, end, to, words);
    }
  }
}
