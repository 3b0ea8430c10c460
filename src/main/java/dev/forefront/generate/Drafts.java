package dev.forefront.generate;

/**
 * Guesses how a sequence goes on where it repeats what stands in its prompt or reply already
 * (prompt lookup: Saxena 2023). Whoever takes a guess checks it: what is written stays the same.
 *
 * <p>Each token of a guess costs a row of a pass. So there is none before some that nobody was told
 * have come true, a short one at first, and fewer after each that failed.
 */
final class Drafts {
  /** Tokens of a guess, until so many in a row came true that a long one is worth it. */
  static final int SHORT = 2;

  /** With the token that is sure these are two times four rows, as the kernels like them. */
  static final int LONG = 7;

  private static final int LONG_AFTER = 10;

  /** Tokens at the end that must have stood somewhere before. */
  private static final int SAME = 3;

  /** Tokens that must have come true in a row before the first guess. */
  private static final int FIRST_NEED = 2;

  private static final int MOST_NEED = 64;
  private static final int NOWHERE = -1;

  private final History history;
  // Where the token stood that should come next.
  private int next = NOWHERE;
  // Tokens in a row that came true.
  private int run;
  private int need = FIRST_NEED;

  /**
   * @param history of the sequence, which others add to
   */
  Drafts(History history) {
    this.history = history;
  }

  /** Takes the token that was added to the history last. */
  void take(int id) {
    if (next != NOWHERE && history.id(next) == id) {
      next++;
      run++;
    } else {
      next = find();
      run = 0;
    }
  }

  /** After where the last tokens stood together before, the latest place first. */
  private int find() {
    int end = history.length();
    for (int at = end - 1; at >= SAME; at--) {
      int same = 0;
      while (same < SAME && history.id(at - 1 - same) == history.id(end - 1 - same)) {
        same++;
      }
      if (same == SAME) {
        return at;
      }
    }
    return NOWHERE;
  }

  /**
   * What may come next; often nothing.
   *
   * @param most tokens
   */
  int[] guess(int most) {
    boolean isSure = next != NOWHERE && run >= need;
    int count = isSure ? Math.clamp(most, 0, run < LONG_AFTER ? SHORT : LONG) : 0;
    int[] ids = new int[count];
    int known = history.length() - next;
    for (int i = 0; i < count; i++) {
      // What stood there a moment ago goes on with itself.
      ids[i] = i < known ? history.id(next + i) : ids[i - known];
    }
    return ids;
  }

  /**
   * Takes what became of a guess.
   *
   * @param guessed tokens, at least 1
   * @param right the first ones, which came true
   */
  void judge(int guessed, int right) {
    if (right == 0) {
      need = Math.min(MOST_NEED, 2 * need);
    } else if (right == guessed) {
      need = Math.max(FIRST_NEED, need / 2);
    }
  }
}
