package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/** A part of a text that is still to be written. Immutable once a schema is compiled. */
interface Item {
  /** Objects and lists within one another, at most. */
  int DEEPEST = 64;

  /** Of an item that no text of at most {@link #DEEPEST} levels satisfies. */
  int NEVER = DEEPEST + 1;

  /** How many levels of objects and lists the shallowest text of it has. */
  int height();

  /**
   * Tells what it may begin with.
   *
   * @param depth levels that it is in already
   * @param below what follows it
   */
  void expand(int depth, @Nullable Stack below, Closure into);

  /** Whether it can be written so deep. */
  static boolean fits(Item item, int depth) {
    return item.height() <= DEEPEST - depth;
  }
}
