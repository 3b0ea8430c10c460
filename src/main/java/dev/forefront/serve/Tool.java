package dev.forefront.serve;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool that the model may ask for.
 *
 * @param parameters a JSON Schema of an object
 */
record Tool(String name, Optional<String> description, ObjectNode parameters) {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  /**
   * @param fields that hold the name and the description
   * @param schema the name of the field that holds the parameters
   * @throws ApiException naming the field that is wrong
   */
  static Tool read(Fields fields, String schema) {
    return new Tool(name(fields), fields.textIfAny("description"), parameters(fields, schema));
  }

  /** A tool's name, wherever it stands. */
  static String name(Fields fields) {
    String name = fields.text("name");
    if (!NAME.matcher(name).matches()) {
      throw ApiException.invalid(
          fields.place("name"), "must have 1 to 64 letters, figures, underscores and hyphens");
    }
    return name;
  }

  private static ObjectNode parameters(Fields fields, String name) {
    String place = fields.place(name);
    if (!fields.has(name)) {
      ObjectNode nothing = JsonMapper.shared().createObjectNode().put("type", "object");
      nothing.putObject("properties");
      return nothing;
    }
    if (!(fields.any(name) instanceof ObjectNode schema)) {
      throw ApiException.invalid(place, "must be a JSON Schema, which is an object");
    }
    if (schema.has("type") && !schema.path("type").asString("").equals("object")) {
      throw ApiException.invalid(
          place + ".type", "must be object: the arguments of a call are named");
    }
    JsonNode properties = schema.path("properties");
    if (!properties.isMissingNode() && !properties.isObject()) {
      throw ApiException.invalid(place + ".properties", "must be an object of schemas");
    }
    for (Map.Entry<String, JsonNode> one : properties.properties()) {
      if (!one.getValue().isObject() && !one.getValue().isBoolean()) {
        throw ApiException.invalid(place + ".properties." + one.getKey(), "must be a schema");
      }
    }
    requireNames(schema.path("required"), place + ".required");
    // No half of a character anywhere: it has no bytes that a verdict could name.
    Fields.requireText(schema.toString(), place);
    return schema;
  }

  private static void requireNames(JsonNode required, String place) {
    if (!required.isMissingNode() && !required.isArray()) {
      throw ApiException.invalid(place, "must be a list of names");
    }
    for (JsonNode one : required) {
      Fields.text(one, place);
    }
  }

  /** As chat templates know it. */
  ObjectNode json() {
    ObjectNode tool = JsonMapper.shared().createObjectNode().put("type", "function");
    ObjectNode function = tool.putObject("function").put("name", name);
    description.ifPresent(text -> function.put("description", text));
    function.set("parameters", parameters);
    return tool;
  }
}
