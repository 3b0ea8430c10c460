package dev.forefront.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds everything that may be read next. For one use. */
final class Closure {
  // Each way on is one that can be finished, so that leaving some out is safe.
  private static final int MOST_WAYS = 512;
  private static final int MOST_LOOKS = 1 << 14;

  private final List<Stack> ready = new ArrayList<>();
  private final Set<Stack> seen = new HashSet<>();
  private boolean complete;

  void add(Item item, int depth, @Nullable Stack below) {
    if (item instanceof Terminal terminal) {
      read(terminal, depth, below);
    } else if (ready.size() < MOST_WAYS
        && seen.size() < MOST_LOOKS
        && seen.add(new Stack(item, depth, below))) {
      item.expand(depth, below, this);
    }
  }

  void read(Terminal terminal, int depth, @Nullable Stack below) {
    if (terminal.goesOn() && ready.size() < MOST_WAYS) {
      Stack way = new Stack(terminal, depth, below);
      if (!ready.contains(way)) {
        ready.add(way);
      }
    }
    if (terminal.accepts()) {
      Item then = terminal.then();
      if (then == Series.EMPTY) {
        end(below);
      } else {
        add(then, depth, below);
      }
    }
  }

  /** An item has ended. */
  void end(@Nullable Stack below) {
    if (below == null) {
      complete = true;
    } else {
      add(below.item(), below.depth(), below.below());
    }
  }

  @Nullable Reading reading() {
    return ready.isEmpty() && !complete ? null : new Reading(List.copyOf(ready), complete);
  }
}
