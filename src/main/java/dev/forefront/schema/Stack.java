package dev.forefront.schema;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is still to be written, the next first. Immutable; its end is shared. */
final class Stack {
  private final Item item;
  private final int depth;
  private final @Nullable Stack below;
  private final int hash;

  Stack(Item item, int depth, @Nullable Stack below) {
    this.item = item;
    this.depth = depth;
    this.below = below;
    hash = 31 * (31 * item.hashCode() + depth) + (below == null ? 0 : below.hash);
  }

  Item item() {
    return item;
  }

  int depth() {
    return depth;
  }

  @Nullable Stack below() {
    return below;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    Stack one = this;
    Object two = other;
    while (one != two) {
      if (one == null
          || !(two instanceof Stack that)
          || one.hash != that.hash
          || one.depth != that.depth
          || !Objects.equals(one.item, that.item)) {
        return false;
      }
      one = one.below;
      two = that.below;
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
