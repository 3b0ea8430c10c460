package dev.forefront.schema;

import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Schemas of the supported subset, by chance; some of them have no value. */
public final class RandomSchema {
  private static final List<String> NAMES =
      List.of("a", "ab", "name", "Größe", "with \"quotes\"", "back\\slash", "x/y~z", "日本");
  private static final List<String> PATTERNS =
      List.of(
          "^[a-z]{2,5}$",
          "^(red|green|blue)-\\d{1,3}$",
          "[0-9]",
          "^\\S+@\\S+$",
          "^[^a-z\\s]*$",
          "^\\w+(, \\w+)*$",
          "^(é|ü)+$",
          "^.{0,3}$",
          "^\"quoted\"\\\\$",
          "^[\\u4e00-\\u9fff]{1,3}$",
          "^(a|b)?(?:c+|d{2})*?$");
  private static final List<String> FORMATS =
      List.of("date", "time", "date-time", "uuid", "ipv4", "email");

  private final Random random;
  private final ObjectNode defs = JsonMapper.shared().createObjectNode();

  private RandomSchema(long seed) {
    random = new Random(seed);
  }

  public static ObjectNode of(long seed) {
    RandomSchema making = new RandomSchema(seed);
    making.defs.set("one", making.schema(2));
    making.defs.set("two", making.object(2));
    ObjectNode root = making.random.nextBoolean() ? making.object(0) : making.schema(0);
    root.set("$defs", making.defs);
    return root;
  }

  private static ObjectNode node() {
    return JsonMapper.shared().createObjectNode();
  }

  private ObjectNode schema(int depth) {
    return switch (random.nextInt(depth >= 3 ? 8 : 13)) {
      case 0 -> string();
      case 1 -> number(node().put("type", "integer"));
      case 2 -> number(node().put("type", "number"));
      case 3 -> node().put("type", random.nextBoolean() ? "boolean" : "null");
      case 4 -> (ObjectNode) node().set("const", value());
      case 5 -> {
        ObjectNode node = node();
        ArrayNode values = node.putArray("enum");
        for (int i = 0; i <= random.nextInt(5); i++) {
          values.add(value());
        }
        yield node;
      }
      case 6 -> {
        ObjectNode node = string();
        node.remove("type");
        node.putArray("type").add("string").add("null").add("integer");
        yield number(node);
      }
      case 7 -> node().put("$ref", random.nextBoolean() ? "#/$defs/one" : "#/$defs/two");
      case 8, 9 -> object(depth + 1);
      case 10 -> list(depth + 1);
      case 11 -> {
        ObjectNode node = node();
        ArrayNode several = node.putArray("anyOf");
        for (int i = 0; i <= random.nextInt(3); i++) {
          several.add(schema(depth + 1));
        }
        yield node;
      }
      default -> apart(depth + 1);
    };
  }

  private ObjectNode string() {
    ObjectNode node = node().put("type", "string");
    switch (random.nextInt(4)) {
      case 0 -> node.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
      case 1 -> node.put("format", FORMATS.get(random.nextInt(FORMATS.size())));
      case 2 -> node.put("minLength", random.nextInt(4)).put("maxLength", random.nextInt(8));
      default -> {}
    }
    return node;
  }

  private ObjectNode number(ObjectNode node) {
    if (random.nextBoolean()) {
      node.put(
          random.nextBoolean() ? "minimum" : "exclusiveMinimum",
          (random.nextInt(4000) - 2000) / 8.0);
    }
    if (random.nextBoolean()) {
      node.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum",
          (random.nextInt(4000) - 1000) / 8.0);
    }
    return node;
  }

  private JsonNode value() {
    String[] values = {
      "1",
      "1.0",
      "-3",
      "2.5",
      "true",
      "null",
      "\"\"",
      "\"word\"",
      "\"a\\\"b\\n\"",
      "\"é\"",
      "[]",
      "[1,[\"x\"]]",
      "{}",
      "{\"a\":{\"b\":null}}"
    };
    return JsonMapper.shared().readTree(values[random.nextInt(values.length)]);
  }

  private ObjectNode object(int depth) {
    ObjectNode node = node().put("type", "object");
    ObjectNode properties = node.putObject("properties");
    ArrayNode required = node.putArray("required");
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        properties.set(name, schema(depth + 1));
      }
      if (random.nextInt(5) == 0) {
        required.add(name);
      }
    }
    switch (random.nextInt(4)) {
      case 0 -> node.put("additionalProperties", false);
      case 1 -> node.put("additionalProperties", true);
      case 2 -> node.set("additionalProperties", schema(depth + 1));
      default -> {}
    }
    return node;
  }

  private ObjectNode list(int depth) {
    ObjectNode node = node().put("type", "array");
    if (random.nextBoolean()) {
      node.set("items", schema(depth));
    }
    if (random.nextInt(3) == 0) {
      node.putArray("prefixItems").add(schema(depth)).add(schema(depth));
    }
    if (random.nextBoolean()) {
      node.put("minItems", random.nextInt(4));
    }
    if (random.nextBoolean()) {
      node.put("maxItems", random.nextInt(6));
    }
    return node;
  }

  /** Alternatives that exclude each other. */
  private ObjectNode apart(int depth) {
    ObjectNode node = node();
    ArrayNode several = node.putArray("oneOf");
    if (random.nextBoolean()) {
      several.add(string()).add(number(node().put("type", "number"))).add(list(depth));
    } else {
      for (String kind : List.of("circle", "square")) {
        ObjectNode one = object(depth);
        ((ObjectNode) one.get("properties")).set("kind", node().put("const", kind));
        ((ArrayNode) one.get("required")).add("kind");
        several.add(one);
      }
    }
    return node;
  }
}
