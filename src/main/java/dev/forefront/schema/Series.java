package dev.forefront.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One after the other. */
record Series(List<Item> items) implements Item {
  static final Series EMPTY = new Series(List.of());

  static Series of(Item... items) {
    return new Series(List.of(items));
  }

  @Override
  public int height() {
    return items.stream().mapToInt(Item::height).max().orElse(0);
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    if (items.isEmpty()) {
      into.end(below);
      return;
    }
    Stack rest = below;
    for (int at = items.size() - 1; at > 0; at--) {
      rest = new Stack(items.get(at), depth, rest);
    }
    into.add(items.getFirst(), depth, rest);
  }
}
