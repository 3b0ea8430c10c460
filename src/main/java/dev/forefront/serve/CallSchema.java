package dev.forefront.serve;

import dev.forefront.conversation.CallFormat;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema of a reply that is one call and nothing else. */
record CallSchema(CallFormat format) {
  /** Below these stand values, and no schemas that could refer to others. */
  private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples");

  /** Below these stand names, and schemas below the names. */
  private static final Set<String> NAMED = Set.of("properties", "$defs", "definitions");

  JsonNode of(List<Tool> tools) {
    String list = format.isList() ? "/items" : "";
    JsonNode call;
    if (tools.size() == 1) {
      call = call(tools.getFirst(), "#" + list);
    } else {
      ObjectNode any = JsonMapper.shared().createObjectNode();
      ArrayNode calls = any.putArray("anyOf");
      for (Tool tool : tools) {
        calls.add(call(tool, "#%s/anyOf/%d".formatted(list, calls.size())));
      }
      call = any;
    }
    if (!format.isList()) {
      return call;
    }
    ObjectNode one = JsonMapper.shared().createObjectNode().put("type", "array");
    one.set("items", call);
    return one.put("minItems", 1).put("maxItems", 1);
  }

  /**
   * @param place of the call in the whole schema
   */
  private ObjectNode call(Tool tool, String place) {
    ObjectNode call = JsonMapper.shared().createObjectNode().put("type", "object");
    ObjectNode properties = call.putObject("properties");
    properties.putObject("name").put("const", tool.name());
    String arguments = place + "/properties/" + format.arguments();
    properties.set(format.arguments(), moved(tool.parameters(), arguments));
    call.putArray("required").add("name").add(format.arguments());
    return call.put("additionalProperties", false);
  }

  /** The same schema where its root is no longer the root: what it says of itself moves too. */
  private static ObjectNode moved(ObjectNode schema, String place) {
    ObjectNode moved = JsonMapper.shared().createObjectNode();
    schema.forEachEntry(
        (name, value) -> {
          if (name.equals("$ref") && value.asString("").startsWith("#")) {
            moved.put(name, place + value.asString().substring(1));
          } else if (VALUES.contains(name)) {
            moved.set(name, value);
          } else if (NAMED.contains(name) && value instanceof ObjectNode schemas) {
            ObjectNode all = moved.putObject(name);
            schemas.forEachEntry((key, one) -> all.set(key, movedIfAny(one, place)));
          } else {
            moved.set(name, movedIfAny(value, place));
          }
        });
    return moved;
  }

  private static JsonNode movedIfAny(JsonNode node, String place) {
    return switch (node) {
      case ObjectNode schema -> moved(schema, place);
      case ArrayNode array -> {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        array.forEach(one -> all.add(movedIfAny(one, place)));
        yield all;
      }
      default -> node;
    };
  }
}
