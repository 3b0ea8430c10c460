package dev.forefront.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of several. */
final class Choice extends Part {
  private final List<Item> items;

  Choice(List<Item> items) {
    this.items = List.copyOf(items);
  }

  @Override
  int measured() {
    return items.stream().mapToInt(Item::height).min().orElse(NEVER);
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    for (Item item : items) {
      if (Item.fits(item, depth)) {
        into.add(item, depth, below);
      }
    }
  }
}
