package dev.forefront.schema;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object: its properties in the schema's order, each where it is required or chosen, then
 * others where they are allowed. Compared by identity.
 */
final class ObjectPart extends Part {
  /**
   * @param name as it stands between the quotes of a JSON text
   */
  record Property(String name, Item value, boolean required) {}

  private final List<Property> properties;
  private final @Nullable Item others;
  private final Set<String> names;

  /**
   * @param others what further properties hold; null where there are none
   */
  ObjectPart(List<Property> properties, @Nullable Item others) {
    this.properties = List.copyOf(properties);
    this.others = others;
    names = properties.stream().map(Property::name).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  int measured() {
    return 1
        + properties.stream()
            .filter(Property::required)
            .mapToInt(property -> property.value().height())
            .max()
            .orElse(0);
  }

  @Override
  public void expand(int depth, @Nullable Stack below, Closure into) {
    Series all = Series.of(Literal.BEGIN_OBJECT, new Properties(this, 0, Set.of(), false));
    into.add(all, depth + 1, below);
  }

  List<Property> properties() {
    return properties;
  }

  @Nullable Item others() {
    return others;
  }

  /** Whether a name is that of a property of the schema. */
  boolean has(String name) {
    return names.contains(name);
  }

  /** The first property from a place on that must come; their number where none must. */
  int required(int from) {
    int at = from;
    while (at < properties.size() && !properties.get(at).required()) {
      at++;
    }
    return at;
  }
}
