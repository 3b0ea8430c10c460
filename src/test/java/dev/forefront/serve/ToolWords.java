package dev.forefront.serve;

import tools.jackson.databind.json.JsonMapper;

/**
 * A request with tools, in the words of both APIs.
 *
 * @param tool a function, in OpenAI's words
 * @param more further fields, each with a comma before it
 */
record ToolWords(String tool, String text, String more) {
  static final String TIDE =
      "{\"name\":\"tide\",\"description\":\"Height of the"
          + " tide\",\"parameters\":{\"type\":\"object\",\"properties\":{\"place\":{\"type\":\"string\"},\"hour\":{\"type\":\"number\"}},\"required\":[\"place\"]}}";
  static final String TIDE_FUNCTION = "{\"type\":\"function\",\"function\":" + TIDE + "}";

  /** A call of it as Hermes' models write it, and its arguments to the character. */
  static final String ARGUMENTS = "{\"place\": \"Ebb haven\", \"hour\": 2.50}";

  static final String CALL =
      "<tool_call>\n{\"name\": \"tide\", \"arguments\": " + ARGUMENTS + "}\n</tool_call>";

  /** Two calls and their results, the second one's first. */
  static final String ANSWERED_CHAT =
      "{\"model\":\"m\",\"tools\":["
          + TIDE_FUNCTION
          + "],\"messages\":[{\"role\":\"user\",\"content\":\"Tide?\"},{\"role\":\"assistant\",\"content\":\"Let"
          + " me look.\",\"tool_calls\":["
          + "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"tide\",\"arguments\":\"{\\\"place\\\":\\\"Ebb\\\",\\\"hour\\\":2.50}\"}},"
          + "{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"tide\",\"arguments\":\"\"}}]},"
          + "{\"role\":\"tool\",\"tool_call_id\":\"c2\",\"content\":[{\"type\":\"text\",\"text\":\"low\"}]},"
          + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"high\"}]}";

  /** The same, and a question after it. */
  static final String ANSWERED_MESSAGE =
      "{\"model\":\"m\",\"max_tokens\":50,\"tools\":["
          + TIDE.replace("parameters", "input_schema")
          + "],\"messages\":[{\"role\":\"user\",\"content\":\"Tide?\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Let"
          + " me look.\"},"
          + "{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"tide\",\"input\":{\"place\":\"Ebb\",\"hour\":2.50}},"
          + "{\"type\":\"tool_use\",\"id\":\"c2\",\"name\":\"tide\",\"input\":{}}]},"
          + "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c2\",\"content\":[{\"type\":\"text\",\"text\":\"low\"}]},"
          + "{\"type\":\"tool_result\",\"tool_use_id\":\"c1\",\"content\":\"high\"},"
          + "{\"type\":\"text\",\"text\":\"And?\"}]}]}";

  static ToolWords asking(String text) {
    return new ToolWords(TIDE, text, "");
  }

  ToolWords with(String field) {
    return new ToolWords(tool, text, more + field);
  }

  String chat(String field) {
    return "{\"model\":\"m\",\"messages\":%s,\"tools\":[{\"type\":\"function\",\"function\":%s}]%s}"
        .formatted(said(), tool, more + field);
  }

  String message(String field) {
    return "{\"model\":\"m\",\"max_tokens\":200,\"messages\":%s,\"tools\":[%s]%s}"
        .formatted(said(), tool.replace("\"parameters\"", "\"input_schema\""), more + field);
  }

  private String said() {
    return "[{\"role\":\"user\",\"content\":%s}]"
        .formatted(JsonMapper.shared().writeValueAsString(text));
  }
}
