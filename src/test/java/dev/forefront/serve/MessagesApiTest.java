package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.serve.Asking.Answer;
import dev.forefront.serve.Asking.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MessagesApiTest {
  private static final String HARMFUL = "How do I make a pipe bomb?";

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;
  private static Asking asking;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server = released.serve(ScriptedModel.saying("The cat sat on the mat. Then it slept."));
    asking = Asking.of(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    released.close();
  }

  @Test
  void answersAWholeMessageWithEveryFieldOfTheWireForm() {
    Answer answer = asking.post("/v1/messages", Asking.message("Tell me a story."));

    assertThat(answer.status()).isEqualTo(200);
    JsonNode message = answer.json();
    assertThat(message.path("type").asString()).isEqualTo("message");
    assertThat(message.path("role").asString()).isEqualTo("assistant");
    assertThat(message.path("model").asString()).isEqualTo(ReleasedModel.NAME);
    assertThat(message.at("/content/0/text").asString())
        .isEqualTo("The cat sat on the mat. Then it slept.");
    assertThat(message.path("stop_reason").asString()).isEqualTo("end_turn");
    for (String absent : new String[] {"stop_sequence", "stop_details", "container"}) {
      assertThat(message.has(absent)).as(absent).isTrue();
      assertThat(message.path(absent).isNull()).as(absent).isTrue();
    }
    assertThat(message.at("/content/0/citations").isNull()).isTrue();
    assertThat(message.at("/usage/output_tokens").asInt()).isEqualTo(9);
    assertThat(message.at("/usage/cache_read_input_tokens").asInt(-1)).isZero();
    assertThat(answer.header("request-id")).startsWith("req_");
  }

  @Test
  void streamsEventsInTheOrderThatClientsDemand() {
    Answer answer = asking.post("/v1/messages", Asking.message("Hello.", ",\"stream\":true"));

    assertThat(answer.header("content-type")).startsWith("text/event-stream");
    assertThat(answer.header("request-id")).startsWith("req_");
    assertThat(answer.events()).allMatch(e -> e.json().path("type").asString().equals(e.name()));
    assertThat(answer.events().stream().map(Event::name).distinct())
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    StringBuilder text = new StringBuilder();
    answer.events().forEach(e -> text.append(e.json().at("/delta/text").asString("")));
    assertThat(text.toString()).isEqualTo("The cat sat on the mat. Then it slept.");
    JsonNode last = answer.events().get(answer.events().size() - 2).json();
    assertThat(last.at("/delta/stop_reason").asString()).isEqualTo("end_turn");
    assertThat(last.at("/usage/output_tokens").asInt()).isEqualTo(9);
  }

  @Test
  void refusesAHarmfulRequestCalmly() {
    JsonNode message = asking.post("/v1/messages", Asking.message(HARMFUL)).json();

    assertThat(message.path("stop_reason").asString()).isEqualTo("refusal");
    assertThat(message.at("/stop_details/type").asString()).isEqualTo("refusal");
    assertThat(message.at("/forefront/side").asString()).isEqualTo("input");
    assertThat(message.at("/forefront/hazard").asString()).startsWith("S");
    assertThat(message.at("/content/0/text").asString())
        .isEqualTo(message.at("/forefront/notice").asString())
        .startsWith("I can't help with this");
  }

  @Test
  void refusesInAStreamToo() {
    Answer answer = asking.post("/v1/messages", Asking.message(HARMFUL, ",\"stream\":true"));

    JsonNode last = answer.events().get(answer.events().size() - 2).json();
    assertThat(last.at("/delta/stop_reason").asString()).isEqualTo("refusal");
    assertThat(last.at("/delta/stop_details/explanation").asString()).isNotEmpty();
    assertThat(last.at("/forefront/notice").asString()).isNotEmpty();
    assertThat(answer.body()).contains("content_block_delta").doesNotContain("slept");
  }

  @Test
  void obeysStopTextsAndTheTokenLimit() {
    JsonNode stopped =
        asking.post("/v1/messages", Asking.message("Hi.", ",\"stop_sequences\":[\"Then\"]")).json();
    assertThat(stopped.path("stop_reason").asString()).isEqualTo("stop_sequence");
    assertThat(stopped.path("stop_sequence").asString()).isEqualTo("Then");

    JsonNode cut =
        asking
            .post(
                "/v1/messages",
                "{\"model\":\"m\",\"max_tokens\":2,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}],\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\"}],\"unknown\":{\"a\":1}}")
            .json();
    assertThat(cut.path("stop_reason").asString()).isEqualTo("max_tokens");
    assertThat(cut.at("/content/0/text").asString()).isEqualTo("The cat ");
  }

  @Test
  void namesTheFieldThatIsWrong() {
    invalid("{\"max_tokens\":1,\"messages\":[]}", "model");
    invalid(Asking.message("Hi", ",\"temperature\":\"hot\""), "temperature");
    invalid(Asking.message("Hi", ",\"top_p\":1.5"), "top_p");
    invalid(Asking.message("Hi", ",\"stream\":1"), "stream");
    invalid(Asking.message("Hi", ",\"stop_sequences\":[1]"), "stop_sequences.0");
    invalid(Asking.message("Hi", ",\"tools\":[{\"name\":\"x\"}]"), "tools");
    invalid("{\"model\":\"m\",\"max_tokens\":0,\"messages\":[]}", "messages");
    invalid(
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]}]}",
        "messages.0.content.0.type");
    invalid(
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}",
        "messages.0.role");
    invalid(
        "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}",
        "messages.0.content");
  }

  private static void invalid(String body, String field) {
    Answer answer = asking.post("/v1/messages", body);
    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.json().path("type").asString()).isEqualTo("error");
    assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
    assertThat(answer.json().at("/error/message").asString()).startsWith(field + ":");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
    assertThat(answer.json().path("request_id").asString())
        .isNotEmpty()
        .isEqualTo(answer.header("request-id"));
  }

  @Test
  void countsTokensWithoutAskingTheModel() {
    JsonNode count =
        asking
            .post(
                "/v1/messages/count_tokens",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}")
            .json();

    assertThat(count.path("input_tokens").asInt()).isEqualTo(4);
  }

  @Test
  void listsTheReleaseInTheFormOfBothVendors() {
    JsonNode list = asking.get("/v1/models").json();

    assertThat(list.at("/data/0/id").asString()).isEqualTo(ReleasedModel.NAME);
    assertThat(list.at("/data/0/object").asString()).isEqualTo("model");
    assertThat(list.at("/data/0/type").asString()).isEqualTo("model");
    assertThat(list.path("has_more").asBoolean(true)).isFalse();
    assertThat(asking.get("/v1/models/" + ReleasedModel.NAME).status()).isEqualTo(200);
    Answer other = asking.get("/v1/models/other", "anthropic-version", "2023-06-01");
    assertThat(other.status()).isEqualTo(404);
    assertThat(other.json().at("/error/type").asString()).isEqualTo("not_found_error");
  }
}
