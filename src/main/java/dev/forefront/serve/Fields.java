package dev.forefront.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a JSON object and names the one that is wrong; null counts as absent. */
final class Fields {
  private final JsonNode node;
  private final String path;

  private Fields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  static Fields of(JsonNode object) {
    return new Fields(object, "");
  }

  static Fields of(JsonNode value, String path) {
    if (!value.isObject()) {
      throw ApiException.invalid(path, "must be an object");
    }
    return new Fields(value, path + ".");
  }

  String place(String name) {
    return path + name;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  JsonNode any(String name) {
    return node.path(name);
  }

  String text(String name) {
    if (!has(name)) {
      throw ApiException.invalid(place(name), "is missing");
    }
    return text(node.path(name), place(name));
  }

  Optional<String> textIfAny(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  static String text(JsonNode value, String place) {
    if (!value.isString()) {
      throw ApiException.invalid(place, "must be a string");
    }
    return requireText(value.asString(), place);
  }

  static String requireText(String text, String place) {
    // Encoders cannot write half a pair; what they write instead is a question mark.
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw ApiException.invalid(place, "holds half of a character (an unpaired surrogate)");
    }
    return text;
  }

  OptionalLong whole(String name, long least, long most) {
    if (!has(name)) {
      return OptionalLong.empty();
    }
    JsonNode value = node.path(name);
    if (!value.isNumber() || !value.canConvertToLong() || value.asDouble() != value.asLong()) {
      throw ApiException.invalid(place(name), "must be a whole number");
    }
    long number = value.asLong();
    if (number < least || number > most) {
      throw ApiException.invalid(
          place(name), "must be from %d to %d, not %d".formatted(least, most, number));
    }
    return OptionalLong.of(number);
  }

  OptionalDouble number(String name, double least, double most) {
    if (!has(name)) {
      return OptionalDouble.empty();
    }
    JsonNode value = node.path(name);
    if (!value.isNumber()) {
      throw ApiException.invalid(place(name), "must be a number");
    }
    double number = value.asDouble();
    if (!(number >= least && number <= most)) {
      throw ApiException.invalid(
          place(name), "must be from %s to %s, not %s".formatted(least, most, number));
    }
    return OptionalDouble.of(number);
  }

  boolean flag(String name) {
    if (has(name) && !node.path(name).isBoolean()) {
      throw ApiException.invalid(place(name), "must be true or false");
    }
    return node.path(name).asBoolean(false);
  }

  /** The elements of a list, each to be read with its place. */
  List<Element> list(String name) {
    if (!has(name)) {
      return List.of();
    }
    JsonNode value = node.path(name);
    if (!value.isArray()) {
      throw ApiException.invalid(place(name), "must be a list");
    }
    List<Element> elements = new ArrayList<>();
    for (JsonNode one : value) {
      elements.add(new Element(one, place(name) + "." + elements.size()));
    }
    return elements;
  }

  /** An element of a list. */
  record Element(JsonNode value, String place) {
    Fields fields() {
      return Fields.of(value, place);
    }

    String text() {
      return Fields.text(value, place);
    }
  }

  /** For what would change the answer in a way that this server cannot. */
  void refuse(String name, String why) {
    JsonNode value = node.path(name);
    if (has(name) && !(value.isArray() && value.isEmpty())) {
      throw ApiException.invalid(place(name), why);
    }
  }
}
