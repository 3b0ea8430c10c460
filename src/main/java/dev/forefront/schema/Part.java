package dev.forefront.schema;

/**
 * A part of a schema whose height depends on others, perhaps on itself: it is found by looking
 * again and again until nothing changes. Compared by identity.
 */
abstract class Part implements Item {
  private int height = NEVER;

  /** By the heights that the parts below have by now. */
  abstract int measured();

  /** Returns whether it has become lower. */
  final boolean measure() {
    int now = Math.min(NEVER, measured());
    boolean lower = now < height;
    height = Math.min(height, now);
    return lower;
  }

  @Override
  public final int height() {
    return height;
  }
}
