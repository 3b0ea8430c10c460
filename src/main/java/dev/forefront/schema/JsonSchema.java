package dev.forefront.schema;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON Schema (draft 2020-12) as a {@link Form}: every text of the form is a JSON value that the
 * schema allows. Not every such value is one: properties come in the schema's order, names and
 * strings are spelled in one way where that is enough, white space is kept short, and objects and
 * lists are at most {@value Item#DEEPEST} levels deep.
 */
public final class JsonSchema implements Form {
  private final Reading begin;

  private JsonSchema(Reading begin) {
    this.begin = begin;
  }

  /**
   * @throws BadInputException naming the place and the keyword that is wrong or not supported, or
   *     saying that there is no such value or too much of the schema
   */
  public static JsonSchema compile(JsonNode schema) {
    Item root = new Compiler(schema).compile();
    Closure closure = new Closure();
    closure.add(root, 0, null);
    Reading begin = closure.reading();
    if (begin == null) {
      throw new IllegalStateException("a schema that has values has no beginning");
    }
    return new JsonSchema(begin);
  }

  /** Any JSON object. */
  public static JsonSchema anyObject() {
    return compile(JsonMapper.shared().createObjectNode().put("type", "object"));
  }

  @Override
  public State begin() {
    return begin;
  }
}
