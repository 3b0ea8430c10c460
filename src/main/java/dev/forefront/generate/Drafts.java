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

  /** Tokens that must have come true in a row before the first guess. */
  private static final int FIRST_NEED = 2;

  private static final int MOST_NEED = 64;

  private final History history;
  private final Trigrams trigrams;
  // Where the token stood that should come next.
  private int next = Trigrams.NOWHERE;
  // Tokens in a row that came true.
  private int run;
  private int need = FIRST_NEED;

  /**
   * @param history of the sequence, which others add to
   */
  Drafts(History history) {
    this.history = history;
    trigrams = new Trigrams(history);
  }

  /** Takes the token that was added to the history last. */
  void take(int id) {
    if (next != Trigrams.NOWHERE && history.id(next) == id) {
      next++;
      run++;
    } else {
      next = trigrams.before();
      run = 0;
    }
  }

  /**
   * What may come next; often nothing.
   *
   * @param most tokens
   */
  int[] guess(int most) {
    boolean isSure = next != Trigrams.NOWHERE && run >= need;
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
