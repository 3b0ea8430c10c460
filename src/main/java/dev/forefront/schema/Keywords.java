package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The keywords of one schema, read with care: each is known, or refused by its name.
 *
 * @param place as a JSON pointer after {@code #}
 */
record Keywords(JsonNode node, String place) {
  /** They say something about a value, and nothing about which values there are. */
  private static final Set<String> REMARKS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$comment",
          "$schema",
          "$defs",
          "definitions");

  static final List<String> OF_OBJECTS = List.of("properties", "required", "additionalProperties");
  static final List<String> OF_LISTS = List.of("items", "prefixItems", "minItems", "maxItems");
  static final List<String> OF_STRINGS = List.of("minLength", "maxLength", "pattern", "format");
  static final List<String> OF_NUMBERS =
      List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
  private static final Set<String> OTHERS =
      Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref");
  // Beyond these no number is written, nor compared without care.
  private static final int MOST_DIGITS = 30;

  static Keywords of(JsonNode node, String place) {
    if (!node.isObject()) {
      throw wrong(place, "a schema must be an object, true or false");
    }
    Keywords keywords = new Keywords(node, place);
    for (String name : node.propertyNames()) {
      keywords.checkKnown(name);
    }
    return keywords;
  }

  private void checkKnown(String name) {
    boolean known =
        REMARKS.contains(name)
            || OTHERS.contains(name)
            || OF_OBJECTS.contains(name)
            || OF_LISTS.contains(name)
            || OF_STRINGS.contains(name)
            || OF_NUMBERS.contains(name)
            || name.equals("$id") && place.isEmpty()
            || name.equals("uniqueItems")
                && node.get(name).isBoolean()
                && !node.get(name).asBoolean();
    if (!known) {
      throw wrong("the keyword %s is not supported: leave it out".formatted(shortened(name)));
    }
  }

  private static String shortened(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "..." : name;
  }

  boolean has(String name) {
    return node.has(name);
  }

  boolean hasAny(List<String> names) {
    return names.stream().anyMatch(this::has);
  }

  JsonNode get(String name) {
    return node.path(name);
  }

  String place(String name) {
    return place + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** Refuses everything beside these that says which values there are. */
  void refuseBeside(String... names) {
    Set<String> together = Set.of(names);
    for (String name : node.propertyNames()) {
      if (!together.contains(name) && !REMARKS.contains(name) && !name.equals("$id")) {
        throw wrong(
            "%s beside %s is not supported: put it into what %s holds"
                .formatted(name, names[0], names[0]));
      }
    }
  }

  String text(String name) {
    if (!get(name).isString()) {
      throw wrong(name + " must be a string");
    }
    return get(name).asString();
  }

  int count(String name, int usual) {
    if (!has(name)) {
      return usual;
    }
    JsonNode value = get(name);
    if (!value.isNumber()
        || !value.canConvertToInt()
        || value.asDouble() != value.asInt()
        || value.asInt() < 0) {
      throw wrong(name + " must be a whole number from 0 to 2147483647");
    }
    return value.asInt();
  }

  Optional<BigDecimal> number(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    JsonNode value = get(name);
    if (!value.isNumber()) {
      throw wrong(name + " must be a number");
    }
    BigDecimal number = Double.isFinite(value.asDouble()) ? value.decimalValue() : null;
    if (number == null
        || Math.abs((long) number.precision() - number.scale()) > MOST_DIGITS
        || number.scale() > MOST_DIGITS
        || number.precision() > MOST_DIGITS) {
      throw wrong(name + " has too many digits");
    }
    return Optional.of(number);
  }

  /** The elements of a list that has some. */
  List<JsonNode> list(String name) {
    if (!get(name).isArray() || get(name).isEmpty()) {
      throw wrong(name + " must be a list that is not empty");
    }
    List<JsonNode> list = new ArrayList<>();
    get(name).forEach(list::add);
    return list;
  }

  BadInputException wrong(String what) {
    return wrong(place, what);
  }

  static BadInputException wrong(String place, String what) {
    return new BadInputException("at #%s: %s".formatted(place, what));
  }
}
