package dev.forefront.token.jinja;

/**
 * What one rendering may use. A template comes with a model from anywhere: it must end, in a few
 * seconds at most, and may neither fill the memory nor the stack.
 */
final class Budget {
  private static final int DEEPEST = 400;
  private static final long ONE_SEARCH = 1L << 31;
  private static final long STEPS = 5_000_000;
  private static final long ROOM = 64L << 20;

  private long steps = STEPS;
  private long room = ROOM;
  private int depth;

  void step() {
    steps(1);
  }

  void steps(long more) {
    steps -= more;
    if (steps < 0) {
      throw TemplateException.broken("it does not come to an end: more than " + STEPS + " steps");
    }
  }

  /** Characters written, or list entries as eight each. */
  void take(long characters) {
    room -= characters;
    if (room < 0) {
      throw TemplateException.broken("it needs more memory than a chat template may");
    }
  }

  void takeEntries(long entries) {
    take(8 * entries);
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw TemplateException.broken("it is nested more than %d deep", DEEPEST);
    }
  }

  void leave() {
    depth--;
  }

  /** The first place of a text in another, not before {@code from}; -1 where there is none. */
  int find(String text, String sought, int from) {
    long worst = (text.length() - (long) from) * sought.length();
    if (worst > ONE_SEARCH) {
      throw TemplateException.broken("it looks for a long text in a long text");
    }
    int at = text.indexOf(sought, from);
    long seen = (at < 0 ? text.length() : at) - (long) from + 1;
    steps(1 + Math.max(0, seen) * sought.length() / 64);
    return at;
  }
}
