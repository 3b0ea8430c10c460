package dev.forefront.schema;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Whether two schemas can be shown to have no value in common: by their types, by given values, or
 * by a property that both demand and that differs.
 *
 * @param resolved follows references
 */
record Exclusive(UnaryOperator<JsonNode> resolved) {
  private static final int DEEPEST = 4;

  boolean areApart(JsonNode one, JsonNode two) {
    return areApart(one, two, DEEPEST);
  }

  private boolean areApart(JsonNode first, JsonNode second, int deeper) {
    JsonNode one = resolved.apply(first);
    JsonNode two = resolved.apply(second);
    if (!one.isObject() || !two.isObject() || deeper == 0) {
      return false;
    }
    Optional<Set<JsonNode>> ones = given(one);
    Optional<Set<JsonNode>> twos = given(two);
    if (ones.isPresent() && twos.isPresent()) {
      return ones.get().stream()
          .noneMatch(value -> twos.get().stream().anyMatch(other -> isSame(value, other)));
    }
    Set<String> kinds = kinds(one);
    Set<String> others = kinds(two);
    if (!kinds.isEmpty() && !others.isEmpty() && kinds.stream().noneMatch(others::contains)) {
      return true;
    }
    return kinds.equals(Set.of("object"))
        && others.equals(Set.of("object"))
        && differInDemanded(one, two, deeper);
  }

  private boolean differInDemanded(JsonNode one, JsonNode two, int deeper) {
    Set<String> demanded = demanded(one);
    demanded.retainAll(demanded(two));
    return demanded.stream()
        .anyMatch(
            name ->
                areApart(
                    one.path("properties").path(name),
                    two.path("properties").path(name),
                    deeper - 1));
  }

  private static Set<String> demanded(JsonNode schema) {
    Set<String> names = new HashSet<>();
    schema.path("required").forEach(name -> names.add(name.asString("")));
    return names;
  }

  private static Optional<Set<JsonNode>> given(JsonNode schema) {
    if (schema.has("const")) {
      return Optional.of(Set.of(schema.get("const")));
    }
    if (schema.path("enum").isArray()) {
      Set<JsonNode> values = new HashSet<>();
      schema.get("enum").forEach(values::add);
      return Optional.of(values);
    }
    return Optional.empty();
  }

  /** Numbers are the same by value: 1 is 1.0. */
  private static boolean isSame(JsonNode one, JsonNode two) {
    // Whatever holds numbers further inside is taken for the same, to be safe.
    return one.isNumber() && two.isNumber()
        ? one.asDouble() == two.asDouble()
        : one.isContainer() && two.isContainer() || one.equals(two);
  }

  /** Types, of which whole numbers are numbers too; empty where it cannot be said. */
  private static Set<String> kinds(JsonNode schema) {
    Set<String> kinds = new HashSet<>();
    JsonNode type = schema.path("type");
    List<JsonNode> types =
        type.isArray() ? List.copyOf(type.values()) : type.isString() ? List.of(type) : List.of();
    for (JsonNode one : types) {
      String name = one.asString("");
      kinds.add(name.equals("integer") ? "number" : name);
    }
    if (types.isEmpty() && given(schema).isPresent()) {
      given(schema).get().forEach(value -> kinds.add(kind(value)));
    }
    return kinds;
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      default -> "number";
    };
  }
}
