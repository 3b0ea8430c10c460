package dev.forefront.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON array. Compared by identity. */
final class ListPart extends Part {
  private final List<Item> first;
  private final Item others;
  private final int least;
  private final int most;

  /**
   * @param first what the first places hold
   * @param others what those after them hold
   * @param least places
   * @param most likewise; {@link Integer#MAX_VALUE} has no end
   */
  ListPart(List<Item> first, Item others, int least, int most) {
    this.first = List.copyOf(first);
    this.others = others;
    this.least = least;
    this.most = most;
  }

  @Override
  int measured() {
    int height = least > most ? NEVER : 0;
    for (int at = 0; at < Math.min(least, first.size() + 1); at++) {
      height = Math.max(height, place(at).height());
    }
    return 1 + height;
  }

  private Item place(int at) {
    return at < first.size() ? first.get(at) : others;
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    into.add(Series.of(Literal.BEGIN_LIST, new Elements(this, 0)), depth + 1, below);
  }

  /**
   * What may follow in a list.
   *
   * @param at places written, as far as that makes a difference
   */
  record Elements(ListPart list, int at) implements Item {
    @Override
    public int height() {
      return 0;
    }

    @Override
    public void expand(int depth, @Nullable Stack below, Closure into) {
      if (at >= list.least) {
        into.add(Series.of(Space.ANY, Literal.END_LIST), depth, below);
      }
      Item next = list.place(at);
      if (at < list.most && Item.fits(next, depth)) {
        Item then = new Elements(list, list.after(at));
        into.add(
            at > 0
                ? Series.of(Literal.COMMA, Space.ANY, next, then)
                : Series.of(Space.ANY, next, then),
            depth,
            below);
      }
    }
  }

  private int after(int at) {
    int alike = Math.max(1, Math.max(first.size(), least));
    return most == Integer.MAX_VALUE ? Math.min(at + 1, alike) : at + 1;
  }
}
