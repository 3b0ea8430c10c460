package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.CallFormat;
import dev.forefront.generate.Engine;
import dev.forefront.generate.RandomModel;
import dev.forefront.serve.Asking.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model that has learnt nothing calls the tool that it has to call, in each of the formats. */
class DemandedCallTest {
  private static final String TOOLS =
      "[{\"type\":\"function\",\"function\":{\"name\":\"tide\",\"description\":\"Height of the"
          + " tide\",\"parameters\":{\"type\":\"object\",\"$defs\":{\"unit\":{\"enum\":[\"m\",\"ft\"]}},\"properties\":{\"unit\":{\"$ref\":\"#/$defs/unit\"},\"high\":{\"type\":\"boolean\"}},\"required\":[\"unit\",\"high\"],\"additionalProperties\":false}}},"
          + "{\"type\":\"function\",\"function\":{\"name\":\"now\",\"parameters\":{\"type\":\"object\",\"properties\":{\"zone\":{\"const\":\"UTC\"}},\"required\":[\"zone\"]}}}]";

  /**
   * Enough for the longest reply that the forms allow: chance may write 41 tokens of space in every
   * gap.
   */
  private static final int ROOM = 700;

  @TempDir static Path folder;
  private static ReleasedModel released;

  @BeforeAll
  static void release() {
    released = ReleasedModel.in(folder);
  }

  @AfterAll
  static void close() {
    released.close();
  }

  private static Engine engine(CallFormat format) throws IOException {
    Engine engine =
        engine(
            "{%- for tool in tools or [] -%}{{- tool.function.name + '\\n"
                + "' -}}{%- endfor -%}{%- for message in messages -%}{%- for call in"
                + " message.tool_calls or [] -%}{{- '"
                + format.opening()
                + "{\"name\": ..., \"%s\": ' -}}".formatted(format.arguments())
                + "{%- endfor -%}{{- message.content + '\\n' -}}{%- endfor -%}");
    assertThat(engine.callFormat()).contains(format);
    return engine;
  }

  private static Engine engine(String template) throws IOException {
    Path model = RandomModel.write(Files.createTempDirectory(folder, "random"), 1_024);
    AtomicFile.write(model.resolve("chat_template.jinja"), template);
    return Engine.open(model);
  }

  @Test
  void aConversationThatTheTemplateRefusesIsRefusedInItsWords() throws IOException {
    try (Engine engine = engine("{{ raise_exception('Only one call in a message.') }}");
        Server server = released.serve(engine)) {
      Answer answer = Asking.of(server).post("/v1/messages", Asking.message("Hello."));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().at("/error/message").asString())
          .isEqualTo(
              "messages: the chat template refuses this conversation: Only one call in a message.");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theReplyIsACallThatTheSchemaAllows(CallFormat format) throws IOException {
    try (Engine engine = engine(format);
        Server server = released.serve(engine)) {
      Asking asking = Asking.of(server);
      for (int seed = 0; seed < 5; seed++) {
        String fields = ",\"seed\":%d,\"max_tokens\":%d,\"tools\":%s".formatted(seed, ROOM, TOOLS);
        JsonNode any = call(asking, fields + ",\"tool_choice\":\"required\"");
        check(any.path("name").asString(), any.path("arguments").asString());

        JsonNode named =
            call(
                asking,
                fields
                    + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"tide\"}}");
        assertThat(named.path("name").asString()).isEqualTo("tide");
        check("tide", named.path("arguments").asString());
      }
      anthropic(asking);
    }
  }

  /** Whatever a model that knows nothing writes, it is one of both, and both come up. */
  @ParameterizedTest
  @EnumSource
  void besideAFormatTheReplyIsOfItOrACall(CallFormat format) throws IOException {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"high\":{\"type\":\"boolean\"}},\"required\":[\"high\"],\"additionalProperties\":false}";
    int calls = 0;
    int answers = 0;
    try (Engine engine = engine(format);
        Server server = released.serve(engine)) {
      Asking asking = Asking.of(server);
      for (int seed = 0; seed < 60 && (calls == 0 || answers == 0); seed++) {
        String fields =
            ",\"seed\":%d,\"temperature\":2,\"max_tokens\":%d,\"parallel_tool_calls\":false,\"tools\":%s"
                    .formatted(seed, ROOM, TOOLS)
                + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":"
                + schema
                + "}}";
        Answer answer = chat(asking, fields);
        JsonNode choice = answer.json().at("/choices/0");
        JsonNode call = choice.at("/message/tool_calls/0/function");
        if (call.isMissingNode()) {
          assertThat(choice.path("finish_reason").asString()).as(answer.body()).isEqualTo("stop");
          JsonNode said = JsonMapper.shared().readTree(choice.at("/message/content").asString());
          assertThat(said.path("high").isBoolean()).as(answer.body()).isTrue();
          answers++;
        } else {
          check(call.path("name").asString(), call.path("arguments").asString());
          calls++;
        }
      }
    }
    assertThat(calls).isPositive();
    assertThat(answers).isPositive();
  }

  private static Answer chat(Asking asking, String fields) {
    return asking.post(
        "/v1/chat/completions",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]"
            + fields
            + "}");
  }

  private static JsonNode call(Asking asking, String fields) {
    Answer answer = chat(asking, fields);
    JsonNode choice = answer.json().at("/choices/0");
    assertThat(choice.path("finish_reason").asString()).as(answer.body()).isEqualTo("tool_calls");
    assertThat(choice.at("/message/content").isNull()).as(answer.body()).isTrue();
    assertThat(choice.at("/message/tool_calls")).hasSize(1);
    return choice.at("/message/tool_calls/0/function");
  }

  private static void check(String tool, String arguments) {
    JsonNode given = JsonMapper.shared().readTree(arguments);
    if (tool.equals("now")) {
      assertThat(given.toString()).isEqualTo("{\"zone\":\"UTC\"}");
    } else {
      assertThat(given.propertyNames()).containsExactly("unit", "high");
      assertThat(given.path("unit").asString()).isIn("m", "ft");
      assertThat(given.path("high").isBoolean()).isTrue();
    }
  }

  private static void anthropic(Asking asking) {
    String tools =
        TOOLS
            .replace("{\"type\":\"function\",\"function\":", "")
            .replace("parameters", "input_schema")
            .replace("}}},", "}},")
            .replace("}}}]", "}}]");
    for (String choice :
        new String[] {"{\"type\":\"any\"}", "{\"type\":\"tool\",\"name\":\"tide\"}"}) {
      JsonNode message =
          asking
              .post(
                  "/v1/messages",
                  Asking.message("Hello.", ",\"tools\":" + tools + ",\"tool_choice\":" + choice)
                      .replace("\"max_tokens\":200", "\"max_tokens\":" + ROOM))
              .json();
      assertThat(message.path("stop_reason").asString())
          .as(message.toString())
          .isEqualTo("tool_use");
      assertThat(message.path("content")).hasSize(1);
      JsonNode call = message.at("/content/0");
      check(call.path("name").asString(), call.path("input").toString());
    }
  }
}
