package dev.forefront.schema;

import org.jspecify.annotations.Nullable;

/** A part of a schema that stands elsewhere, or that it is itself a part of. */
final class Reference extends Part {
  private @Nullable Item to;

  void set(Item item) {
    to = item;
  }

  @Override
  int measured() {
    return to == null ? NEVER : to.height();
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    if (to == null) {
      throw new IllegalStateException("the schema is not compiled yet");
    }
    into.add(to, depth, below);
  }
}
