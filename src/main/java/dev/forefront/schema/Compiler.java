package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Makes one schema into items that can be written. For one use. */
final class Compiler {
  private static final int MOST_SCHEMAS = 2_000;
  private static final int MOST_CHARS = 200_000;
  private static final List<String> TYPES =
      List.of("object", "array", "string", "integer", "number", "boolean", "null");

  private final JsonNode root;
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, Reference> references = new HashMap<>();
  private @Nullable Reference any;
  private int schemas;

  Compiler(JsonNode root) {
    this.root = root;
  }

  /**
   * @throws BadInputException saying what is wrong
   */
  Item compile() {
    if (root.toString().length() > MOST_CHARS) {
      throw new BadInputException(
          "the schema is longer than %,d characters: make it smaller".formatted(MOST_CHARS));
    }
    Item item = schema(root, "", Set.of());
    while (measureAll()) {
      // Heights of parts depend on one another.
    }
    if (!Item.fits(item, 0)) {
      throw new BadInputException(
          "at #: no value of at most %d levels satisfies the schema".formatted(Item.DEEPEST));
    }
    return item;
  }

  private boolean measureAll() {
    boolean lower = false;
    for (Part part : parts) {
      lower |= part.measure();
    }
    return lower;
  }

  private <P extends Part> P kept(P part) {
    parts.add(part);
    return part;
  }

  /**
   * @param open references that are followed with nothing written in between
   */
  private Item schema(JsonNode node, String place, Set<String> open) {
    if (++schemas > MOST_SCHEMAS) {
      throw new BadInputException(
          "the schema has more than %,d parts: make it smaller".formatted(MOST_SCHEMAS));
    }
    if (node.isBoolean()) {
      return node.asBoolean() ? any() : Scalars.nothing();
    }
    Keywords schema = Keywords.of(node, place);
    if (schema.has("$ref")) {
      schema.refuseBeside("$ref");
      return reference(schema, open);
    }
    for (String several : List.of("anyOf", "oneOf", "allOf")) {
      if (schema.has(several)) {
        schema.refuseBeside(several);
        return several(schema, several, open);
      }
    }
    List<String> types = types(schema);
    if (schema.has("enum") || schema.has("const")) {
      return Scalars.given(schema, types);
    }
    if (types.isEmpty()) {
      types = impliedTypes(schema);
    }
    return types.isEmpty() ? any() : ofTypes(schema, types);
  }

  private Item reference(Keywords schema, Set<String> open) {
    String target = schema.text("$ref");
    if (open.contains(target)) {
      throw schema.wrong("$ref %s leads back to itself and to no value".formatted(target));
    }
    JsonNode node = resolve(target);
    if (node.isMissingNode()) {
      throw schema.wrong(
          "$ref %s leads nowhere: only places in this schema, such as #/$defs/name, are followed"
              .formatted(target));
    }
    Reference known = references.get(target);
    if (known != null) {
      return known;
    }
    Reference reference = kept(new Reference());
    references.put(target, reference);
    Set<String> opened = new HashSet<>(open);
    opened.add(target);
    reference.set(schema(node, target.substring(1), opened));
    return reference;
  }

  private JsonNode resolve(String target) {
    if (target.equals("#")) {
      return root;
    }
    try {
      return target.startsWith("#/")
          ? root.at(
              JsonPointer.compile(
                  URLDecoder.decode(
                      target.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8)))
          : MissingNode.getInstance();
    } catch (IllegalArgumentException e) {
      return MissingNode.getInstance();
    }
  }

  private Item several(Keywords schema, String keyword, Set<String> open) {
    List<JsonNode> nodes = schema.list(keyword);
    if (keyword.equals("allOf") && nodes.size() > 1) {
      throw schema.wrong("allOf of more than one schema is not supported: join them into one");
    }
    if (keyword.equals("oneOf")) {
      requireApart(schema, nodes);
    }
    List<Item> items = new ArrayList<>();
    for (JsonNode node : nodes) {
      items.add(schema(node, schema.place(keyword) + "/" + items.size(), open));
    }
    return kept(new Choice(items));
  }

  private void requireApart(Keywords schema, List<JsonNode> nodes) {
    Exclusive exclusive = new Exclusive(this::followed);
    for (int one = 0; one < nodes.size(); one++) {
      for (int two = one + 1; two < nodes.size(); two++) {
        if (!exclusive.areApart(nodes.get(one), nodes.get(two))) {
          throw schema.wrong(
              "oneOf %d and %d may have values in common: write anyOf, or a required property with another const in each"
                  .formatted(one, two));
        }
      }
    }
  }

  private JsonNode followed(JsonNode node) {
    JsonNode at = node;
    for (int steps = 0; at.path("$ref").isString() && steps < MOST_SCHEMAS; steps++) {
      at = resolve(at.get("$ref").asString());
    }
    return at;
  }

  private List<String> types(Keywords schema) {
    if (!schema.has("type")) {
      return List.of();
    }
    List<String> types = new ArrayList<>();
    for (JsonNode type :
        schema.get("type").isArray() ? schema.list("type") : List.of(schema.get("type"))) {
      if (!TYPES.contains(type.asString(""))) {
        throw schema.wrong("type must be one of %s".formatted(String.join(", ", TYPES)));
      }
      types.add(type.asString());
    }
    return types;
  }

  /**
   * Without a type, keywords speak of one: values of others, which they would allow, are left out.
   */
  private static List<String> impliedTypes(Keywords schema) {
    List<String> types = new ArrayList<>();
    if (schema.hasAny(Keywords.OF_OBJECTS)) {
      types.add("object");
    }
    if (schema.hasAny(Keywords.OF_LISTS)) {
      types.add("array");
    }
    if (schema.hasAny(Keywords.OF_STRINGS)) {
      types.add("string");
    }
    if (schema.hasAny(Keywords.OF_NUMBERS)) {
      types.add("number");
    }
    return types;
  }

  private Item ofTypes(Keywords schema, List<String> types) {
    List<Item> items = new ArrayList<>();
    for (String type : types) {
      items.add(
          switch (type) {
            case "object" -> object(schema);
            case "array" -> list(schema);
            case "string" -> Scalars.string(schema);
            case "integer" -> Scalars.integer(schema);
            case "number" -> Scalars.number(schema);
            case "boolean" -> kept(new Choice(List.of(Literal.TRUE, Literal.FALSE)));
            default -> Literal.NULL;
          });
    }
    return items.size() == 1 ? items.getFirst() : kept(new Choice(items));
  }

  private Item object(Keywords schema) {
    Map<String, JsonNode> told = new LinkedHashMap<>();
    if (schema.has("properties")) {
      if (!schema.get("properties").isObject()) {
        throw schema.wrong("properties must be an object");
      }
      schema.get("properties").properties().forEach(one -> told.put(one.getKey(), one.getValue()));
    }
    Set<String> required = new HashSet<>();
    if (schema.has("required") && !schema.get("required").isEmpty()) {
      for (JsonNode name : schema.list("required")) {
        if (!name.isString()) {
          throw schema.wrong("required must be a list of names");
        }
        required.add(name.asString());
      }
    } else if (schema.has("required") && !schema.get("required").isArray()) {
      throw schema.wrong("required must be a list of names");
    }
    // Where properties are named, others come only where the schema speaks of them.
    Item others =
        schema.has("additionalProperties")
            ? schema(
                schema.get("additionalProperties"), schema.place("additionalProperties"), Set.of())
            : told.isEmpty() ? any() : null;
    List<ObjectPart.Property> properties = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one : told.entrySet()) {
      Item value =
          schema(
              one.getValue(),
              new Keywords(schema.get("properties"), schema.place("properties"))
                  .place(one.getKey()),
              Set.of());
      properties.add(property(one.getKey(), value, required.remove(one.getKey())));
    }
    for (String name : required.stream().sorted().toList()) {
      // Nothing is said of it but what is said of all others.
      Item value = others == null && !schema.has("additionalProperties") ? any() : others;
      properties.add(property(name, value == null ? Scalars.nothing() : value, true));
    }
    return kept(new ObjectPart(properties, others));
  }

  private static ObjectPart.Property property(String name, Item value, boolean required) {
    String quoted = JsonMapper.shared().writeValueAsString(name);
    String bytes =
        new String(
            quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.UTF_8),
            StandardCharsets.ISO_8859_1);
    return new ObjectPart.Property(bytes, value, required);
  }

  private Item list(Keywords schema) {
    List<Item> first = new ArrayList<>();
    if (schema.has("prefixItems")) {
      for (JsonNode one : schema.list("prefixItems")) {
        first.add(schema(one, schema.place("prefixItems") + "/" + first.size(), Set.of()));
      }
    }
    Item others;
    if (schema.has("items")) {
      others = schema(schema.get("items"), schema.place("items"), Set.of());
    } else {
      // As with properties: where places are named, no others come.
      others = first.isEmpty() ? any() : Scalars.nothing();
    }
    int least = schema.count("minItems", 0);
    int most = schema.count("maxItems", Integer.MAX_VALUE);
    return kept(new ListPart(first, others, least, most));
  }

  /** Any JSON value. */
  private Item any() {
    if (any == null) {
      any = kept(new Reference());
      any.set(
          kept(
              new Choice(
                  List.of(
                      Text.ANY,
                      Numeral.ANY,
                      kept(new ObjectPart(List.of(), any)),
                      kept(new ListPart(List.of(), any, 0, Integer.MAX_VALUE)),
                      Literal.TRUE,
                      Literal.FALSE,
                      Literal.NULL))));
    }
    return any;
  }
}
