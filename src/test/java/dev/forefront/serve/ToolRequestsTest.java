package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.CallFormat;
import dev.forefront.serve.Asking.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is wrong with a request for tools is said in one sentence that names the place. */
class ToolRequestsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server = released.serve(ScriptedModel.saying("Yes.").calling(CallFormat.HERMES));
  }

  @AfterAll
  static void stop() {
    server.close();
    released.close();
  }

  private static void chat(String body, String sentence) {
    Answer answer = Asking.of(server).post(CHAT, body);
    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
    assertThat(answer.json().at("/error/message").asString()).as(body).startsWith(sentence);
    assertThat(sentence).startsWith(answer.json().at("/error/param").asString());
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
  }

  private static void message(String body, String sentence) {
    Answer answer = Asking.of(server).post(MESSAGES, body);
    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
    assertThat(answer.json().at("/error/message").asString()).as(body).startsWith(sentence);
  }

  /** The same fault in both APIs, where the tool is told in OpenAI's words. */
  private static void tool(String tool, String chat, String message) {
    chat(new ToolWords(tool, "Hi", "").chat(""), "tools.0.function" + chat);
    message(new ToolWords(tool, "Hi", "").message(""), "tools.0" + message);
  }

  private static String with(String schema) {
    return "{\"name\":\"tide\",\"parameters\":" + schema + "}";
  }

  @Test
  void aToolNeedsAWellFormedNameAndASchemaOfAnObject() {
    String name = ".name: must have 1 to 64 letters, figures, underscores and hyphens";
    tool("{}", ".name: is missing", ".name: is missing");
    tool("{\"name\":\"\"}", name, name);
    tool("{\"name\":\"a b\"}", name, name);
    tool("{\"name\":\"t\\u00efde\"}", name, name);
    tool("{\"name\":\"" + "a".repeat(65) + "\"}", name, name);
    tool("{\"name\":7}", ".name: must be a string", ".name: must be a string");
    tool(
        "{\"name\":\"a\",\"description\":[]}",
        ".description: must be a string",
        ".description: must be a string");
    tool(with("[]"), ".parameters: must be a JSON Schema", ".input_schema: must be a JSON Schema");
    tool(
        with("\"object\""),
        ".parameters: must be a JSON Schema",
        ".input_schema: must be a JSON Schema");
    tool(
        with("{\"type\":\"string\"}"),
        ".parameters.type: must be object",
        ".input_schema.type: must be object");
    tool(
        with("{\"type\":\"object\",\"properties\":[]}"),
        ".parameters.properties: must be an object",
        ".input_schema.properties: must be an object");
    tool(
        with("{\"properties\":{\"a\":\"text\"}}"),
        ".parameters.properties.a: must be a schema",
        ".input_schema.properties.a: must be a schema");
    tool(
        with("{\"required\":\"a\"}"),
        ".parameters.required: must be a list of names",
        ".input_schema.required: must be a list of names");
    tool(
        with("{\"required\":[1]}"),
        ".parameters.required: must be a string",
        ".input_schema.required: must be a string");
    tool(
        with("{\"title\":\"\\ud800\"}"),
        ".parameters: holds half of a character",
        ".input_schema: holds half of a character");
  }

  @Test
  void toolsAreListedAndOfAKindThatIsKnown() {
    String hi =
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    chat(hi + ",\"tools\":{}}", "tools: must be a list");
    chat(hi + ",\"tools\":[7]}", "tools.0: must be an object");
    chat(hi + ",\"tools\":[{}]}", "tools.0.type: is missing");
    chat(
        hi + ",\"tools\":[{\"type\":\"web_search\"}]}",
        "tools.0.type: must be function: no other tools are known");
    chat(hi + ",\"tools\":[{\"type\":\"function\"}]}", "tools.0.function: is missing");
    chat(hi + ",\"functions\":[{\"name\":\"a\"}]}", "functions: are not supported");
    message(hi + ",\"tools\":[7]}", "tools.0: must be an object");
    message(
        hi + ",\"tools\":[{\"type\":\"bash_20250124\",\"name\":\"bash\"}]}",
        "tools.0.type: must be custom: this server has no tools of its own");
    assertThat(Asking.of(server).post(CHAT, hi + ",\"tools\":[]}").status()).isEqualTo(200);
  }

  @Test
  void toolsHaveNamesOfTheirOwnAndAreNotTooMany() {
    String one = "{\"type\":\"function\",\"function\":{\"name\":\"a%s\"}}";
    String more = "," + one.formatted(1);
    String body = ToolWords.asking("Hi").chat("");
    chat(
        body.replace("\"tools\":[", "\"tools\":[" + one.formatted(1) + more + ","),
        "tools.1: another tool has the name a1 already");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 128; i++) {
      many.append(one.formatted(i)).append(",");
    }
    chat(body.replace("\"tools\":[", "\"tools\":[" + many), "tools: must be at most 128");
    chat(body.replace("Height", "Height ".repeat(20_000)), "tools: have 140,");
  }

  @Test
  void aChoiceIsOneThatThereIs() {
    ToolWords hi = ToolWords.asking("Hi");
    chat(hi.chat(",\"tool_choice\":\"maybe\""), "tool_choice: must be one of none, auto, required");
    chat(hi.chat(",\"tool_choice\":7"), "tool_choice: must be a string");
    chat(
        hi.chat(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"ebb\"}}"),
        "tool_choice: no tool has the name ebb");
    chat(
        hi.chat(",\"tool_choice\":{\"type\":\"allowed_tools\"}"),
        "tool_choice.type: must be function");
    chat(hi.chat(",\"parallel_tool_calls\":\"no\""), "parallel_tool_calls: must be true or false");
    chat(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"tool_choice\":\"required\"}",
        "tool_choice: demands a call, and there are no tools");
    message(
        hi.message(",\"tool_choice\":{\"type\":\"tool\",\"name\":\"ebb\"}"),
        "tool_choice: no tool has the name ebb");
    message(
        hi.message(",\"tool_choice\":{\"type\":\"some\"}"),
        "tool_choice.type: must be one of auto, any, tool, none");
    message(hi.message(",\"tool_choice\":\"auto\""), "tool_choice: must be an object");
  }

  @Test
  void whatCannotBeHadTogetherIsSaid() {
    ToolWords hi = ToolWords.asking("Hi");
    String required = ",\"tool_choice\":\"required\"";
    chat(hi.chat(required + ",\"stop\":[\"x\"]"), "stop: could end the JSON");
    chat(
        hi.chat(required)
            .replace(
                "\"content\":\"Hi\"}",
                "\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"So\"}"),
        "messages: must not end with the assistant's");
    chat(
        hi.chat(required)
            .replace(
                "{\"type\":\"string\"}", "{\"type\":\"string\",\"contentEncoding\":\"base64\"}"),
        "tool_choice: at #/properties/arguments/properties/place: the keyword contentEncoding");
  }

  @Test
  void everyCallHasItsResultAndEveryResultItsCall() {
    String chat = ToolWords.ANSWERED_CHAT;
    chat(
        chat.replace("\"tool_call_id\":\"c1\"", "\"tool_call_id\":\"c9\""),
        "messages.3.tool_call_id: nobody made a call with this id");
    chat(
        chat.replace("\"tool_call_id\":\"c1\"", "\"tool_call_id\":\"c2\""),
        "messages.3.tool_call_id: this call has its result already");
    chat(
        chat.replace(",{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"high\"}", ""),
        "messages: the call of tide at messages.1.tool_calls.0 has no result");
    chat(
        chat.replace(
            "{\"role\":\"tool\",\"tool_call_id\":\"c1\"",
            "{\"role\":\"user\",\"content\":\"So?\"},{\"role\":\"tool\",\"tool_call_id\":\"c1\""),
        "messages.3: the call of tide at messages.1.tool_calls.0 has no result");
    chat(chat.replace("\"c2\",\"type\"", "\"c1\",\"type\""), "messages.1.tool_calls.1.id: another");
    chat(chat.replace("\"tool_call_id\":\"c1\",", ""), "messages.3.tool_call_id: is missing");
    chat(
        chat.replace("\"arguments\":\"\"", "\"arguments\":\"[1]\""),
        "messages.1.tool_calls.1.function.arguments: must be the text of a JSON object");
    chat(
        chat.replace("\"arguments\":\"\"", "\"arguments\":\"{} {}\""),
        "messages.1.tool_calls.1.function.arguments: must be the text of a JSON object");
    chat(
        chat.replace("\"arguments\":\"\"", "\"arguments\":{}"),
        "messages.1.tool_calls.1.function.arguments: must be a string");
    chat(
        chat.replace(
            "{\"name\":\"tide\",\"arguments\":\"\"}", "{\"name\":\"a b\",\"arguments\":\"\"}"),
        "messages.1.tool_calls.1.function.name: must have 1 to 64 letters");

    String message = ToolWords.ANSWERED_MESSAGE;
    message(
        message.replace("\"tool_use_id\":\"c1\"", "\"tool_use_id\":\"c9\""),
        "messages.2.content.1.tool_use_id: nobody made a call with this id");
    message(
        message.replace(
            "{\"type\":\"tool_result\",\"tool_use_id\":\"c1\",\"content\":\"high\"},", ""),
        "messages.2: the call of tide at messages.1.content.1 has no result");
    message(
        message.replace("\"input\":{}", "\"input\":[]"),
        "messages.1.content.2.input: must be an object");
    message(
        message.replace("\"role\":\"assistant\"", "\"role\":\"user\""),
        "messages.1.content.1.type: tool_use can only stand in a message of the assistant");
    message(
        message.replace("\"content\":\"high\"", "\"content\":[{\"type\":\"image\"}]"),
        "messages.2.content.1.content.0.type: must be text");
  }

  @Test
  void tokensOfToolsAreCounted() {
    String body = ToolWords.asking("Hi").message("");
    JsonNode with = Asking.of(server).post("/v1/messages/count_tokens", body).json();
    JsonNode without =
        Asking.of(server)
            .post("/v1/messages/count_tokens", body.replace("\"tools\"", "\"tolls\""))
            .json();
    assertThat(with.path("input_tokens").asInt())
        .isGreaterThan(without.path("input_tokens").asInt());
  }

  @Test
  void aModelWhoseTemplateKnowsNoToolsIsNotGivenAny() {
    String sentence = "the model's chat template knows no tools";
    try (Server plain = released.serve(ScriptedModel.saying("Yes."))) {
      Asking asking = Asking.of(plain);
      for (String body :
          new String[] {
            ToolWords.asking("Hi").chat(""),
            ToolWords.ANSWERED_CHAT,
            ToolWords.ANSWERED_CHAT.replace("\"tools\"", "\"tolls\"")
          }) {
        Answer answer = asking.post(CHAT, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString()).contains(sentence);
      }
      Answer answer = asking.post(MESSAGES, ToolWords.ANSWERED_MESSAGE);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().at("/error/message").asString()).contains(sentence);
      assertThat(
              asking.post(CHAT, ToolWords.asking("Hi").chat(",\"tool_choice\":\"none\"")).status())
          .isEqualTo(200);
    }
  }
}
