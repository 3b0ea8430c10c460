package dev.forefront.serve;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Form;
import dev.forefront.schema.JsonSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Forms that requests ask for. Programs ask for the same one again and again: those of late are
 * kept, and with them what the engine has found out about them. For any thread.
 */
final class SchemaForms {
  private static final int MOST = 16;

  private final Form object = JsonSchema.anyObject();
  private final Map<String, Form> known = new LinkedHashMap<>(16, 0.75f, true);

  /** Any JSON object. */
  Form object() {
    return object;
  }

  /**
   * @param place of the schema in the request
   * @throws ApiException where it is none that replies can be bound to
   */
  Form of(JsonNode schema, String place) {
    String text = schema.toString();
    synchronized (known) {
      Form form = known.get(text);
      if (form != null) {
        return form;
      }
    }
    Form form;
    try {
      form = JsonSchema.compile(schema);
    } catch (BadInputException wrong) {
      throw ApiException.invalid(place, String.valueOf(wrong.getMessage()));
    }
    synchronized (known) {
      known.put(text, form);
      if (known.size() > MOST) {
        known.remove(known.keySet().iterator().next());
      }
    }
    return form;
  }
}
