package dev.forefront.token.jinja;

import java.util.Arrays;

/** A text that grows, within bounds. */
final class Writing {
  private static final int LONGEST = 16 << 20;

  private final Budget budget;
  private final StringBuilder text = new StringBuilder();
  private byte[] marks = new byte[64];

  Writing(Budget budget) {
    this.budget = budget;
  }

  Writing add(Text more) {
    int at = grow(more.length());
    text.append(more.string());
    more.copyMarks(marks, at);
    return this;
  }

  /** Words of the template's own. */
  Writing add(String own) {
    return add(own, 0);
  }

  Writing add(String more, int marked) {
    int at = grow(more.length());
    text.append(more);
    Arrays.fill(marks, at, at + more.length(), (byte) marked);
    return this;
  }

  Writing repeat(Text piece, long times) {
    if (piece.length() * Math.max(0, times) > LONGEST) {
      throw tooLong();
    }
    for (long i = 0; i < times; i++) {
      add(piece);
    }
    return this;
  }

  int length() {
    return text.length();
  }

  Text text() {
    return Text.of(text.toString(), Arrays.copyOf(marks, text.length()));
  }

  private int grow(int by) {
    int at = text.length();
    budget.take(by);
    if (at + (long) by > LONGEST) {
      throw tooLong();
    }
    if (at + by > marks.length) {
      marks = Arrays.copyOf(marks, Math.max(at + by, 2 * marks.length));
    }
    return at;
  }

  private static TemplateException tooLong() {
    return TemplateException.broken("a text grows beyond %d characters", LONGEST);
  }
}
