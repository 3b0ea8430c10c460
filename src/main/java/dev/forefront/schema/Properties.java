package dev.forefront.schema;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may follow in an object.
 *
 * @param from the first property that has not been passed
 * @param others names of further properties so far
 * @param begun whether any property was written
 */
record Properties(ObjectPart object, int from, Set<String> others, boolean begun) implements Item {
  // Each is remembered, so that no name comes twice.
  private static final int MOST_OTHERS = 64;

  @Override
  public int height() {
    return 0;
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    int required = object.required(from);
    boolean free = required == object.properties().size();
    if (free) {
      into.add(Series.of(Space.ANY, Literal.END_OBJECT), depth, below);
    }
    Item further = object.others();
    boolean others =
        free && further != null && this.others.size() < MOST_OTHERS && Item.fits(further, depth);
    Key key = new Key(this, Math.min(required + 1, object.properties().size()), depth, others);
    if (others || key.hasProperty()) {
      into.add(
          begun ? Series.of(Literal.COMMA, Space.ANY, key) : Series.of(Space.ANY, key),
          depth,
          below);
    }
  }

  /** After a property of the schema. */
  Item after(int property) {
    return value(
        object.properties().get(property).value(),
        new Properties(object, property + 1, others, true));
  }

  /** After another property. */
  Item after(String name) {
    Item value = object.others();
    if (value == null) {
      throw new IllegalStateException("the object has no further properties");
    }
    Set<String> more = new HashSet<>(others);
    more.add(name);
    return value(value, new Properties(object, object.properties().size(), Set.copyOf(more), true));
  }

  private static Item value(Item value, Properties then) {
    return Series.of(Literal.COLON, Space.ANY, value, then);
  }
}
