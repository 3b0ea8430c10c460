package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.forefront.audit.Entry;
import dev.forefront.conversation.Sha256;
import dev.forefront.generate.Engine;
import dev.forefront.generate.RandomModel;
import dev.forefront.schema.SchemaLibrary;
import dev.forefront.serve.Asking.Answer;
import dev.forefront.serve.Asking.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How replies are chosen and what they are bound to, asked for over both APIs. */
class SamplingApiTest {
  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"answer\":{\"enum\":[\"yes\",\"no\"]},\"sure\":{\"type\":\"boolean\"}},\"required\":[\"answer\",\"sure\"]}";

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Engine engine;
  private static Server server;
  private static Asking asking;

  @BeforeAll
  static void start() throws IOException {
    released = ReleasedModel.in(folder);
    engine = Engine.open(RandomModel.write(Files.createDirectory(folder.resolve("random")), 512));
    server = released.serve(engine);
    asking = Asking.of(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    engine.close();
    released.close();
  }

  private static Answer chat(String more) {
    return asking.post(
        "/v1/chat/completions",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]" + more + "}");
  }

  private static JsonNode choice(String more) {
    Answer answer = chat(more);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().at("/choices/0");
  }

  private static String text(String more) {
    return choice(more).at("/message/content").asString();
  }

  @Test
  void tellsLogprobsThatSpellTheText() {
    JsonNode choice =
        choice(",\"max_tokens\":20,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":3");

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (JsonNode token : choice.at("/logprobs/content")) {
      token.path("bytes").forEach(one -> bytes.write(one.asInt()));
      assertThat(token.path("top_logprobs").size()).isBetween(1, 3);
      // The likeliest was taken, for the temperature is 0.
      assertThat(token.at("/top_logprobs/0/logprob")).isEqualTo(token.path("logprob"));
      assertThat(token.path("logprob").asDouble()).isNegative();
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(choice.at("/message/content").asString())
        .isNotEmpty();
  }

  @Test
  void aStreamTellsTheSameAndTheRecordKnows() {
    String asked = ",\"max_tokens\":20,\"seed\":5,\"logprobs\":true,\"top_logprobs\":2";
    JsonNode whole = choice(asked).at("/logprobs/content");
    StringBuilder streamed = new StringBuilder();
    MessageDigest digest = Sha256.digest();
    int tokens = 0;
    for (Event event : chat(asked + ",\"stream\":true").events()) {
      if (event.data().startsWith("{")) {
        for (JsonNode token : event.json().at("/choices/0/logprobs/content")) {
          assertThat(token).isEqualTo(whole.get(tokens++));
          digest.update(token.toString().getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertThat(tokens).isEqualTo(whole.size()).isPositive();
    JsonNode record =
        released.log().recent(256).stream()
            .filter(entry -> entry.kind().equals("reply"))
            .map(Entry::fields)
            .reduce((first, second) -> second)
            .orElseThrow();
    assertThat(record.path("logprobs").asInt()).isEqualTo(tokens);
    assertThat(record.path("logprobs_sha256").asString())
        .isEqualTo(HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void nobodyIsToldWhatNobodyAskedFor() {
    assertThat(choice(",\"max_tokens\":3").path("logprobs").isNull()).isTrue();
  }

  @Test
  void theSameSeedSaysTheSame() {
    String seeded = ",\"max_tokens\":20,\"temperature\":1.5,\"seed\":17";
    assertThat(text(seeded)).isEqualTo(text(seeded)).isNotEqualTo(text(seeded.replace("17", "18")));
  }

  @Test
  void biasesCommandAndForbidTokens() {
    int id = engine.tokenizer().encode("e")[0];
    String greedy = ",\"max_tokens\":4,\"temperature\":0,\"logit_bias\":{\"%d\":%d}";

    assertThat(text(greedy.formatted(id, 100))).isEqualTo("eeee");
    assertThat(choice(greedy.formatted(id, -100) + ",\"logprobs\":true").at("/logprobs/content"))
        .isNotEmpty()
        .noneMatch(token -> token.path("token").asString().equals("e"));
  }

  @Test
  void penaltiesKeepAReplyFromRepeating() {
    int id = engine.tokenizer().encode("e")[0];
    String biased = ",\"max_tokens\":6,\"temperature\":0,\"logit_bias\":{\"%d\":8}".formatted(id);

    long before = count(text(biased));
    assertThat(before).isGreaterThan(2);
    assertThat(count(text(biased + ",\"no_repeat_ngram_size\":1"))).isLessThan(before);
    assertThat(count(text(biased + ",\"presence_penalty\":2,\"frequency_penalty\":2")))
        .isLessThanOrEqualTo(before);
  }

  private static long count(String text) {
    return text.chars().filter(c -> c == 'e').count();
  }

  private static String format(String schema) {
    return ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"strict\":true,\"schema\":"
        + schema
        + "}}";
  }

  @Test
  void aSchemaBindsTheReply() {
    for (int seed = 0; seed < 5; seed++) {
      JsonNode choice = choice(format(SCHEMA) + ",\"temperature\":1.2,\"seed\":" + seed);

      assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
      String text = choice.at("/message/content").asString();
      assertThat(SchemaLibrary.complaints(JsonMapper.shared().readTree(SCHEMA), text)).isEmpty();
    }
  }

  @Test
  void anyObjectIsAnObjectAndTheLengthIsSaid() {
    JsonNode choice =
        choice(
            ",\"response_format\":{\"type\":\"json_object\"},\"max_tokens\":5,\"temperature\":1");
    assertThat(choice.at("/message/content").asString()).startsWith("{");
    if (!choice.at("/message/content").asString().endsWith("}")) {
      assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
    }
    JsonNode cut = choice(format("{\"type\":\"string\",\"minLength\":400}") + ",\"max_tokens\":5");
    assertThat(cut.path("finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void theOtherVendorsFormatBindsToo() {
    Answer answer =
        asking.post(
            "/v1/messages",
            Asking.message(
                    "Hello.",
                    ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":"
                        + SCHEMA
                        + "}}")
                // As much space as the form allows must find room too.
                .replace("\"max_tokens\":200", "\"max_tokens\":300"));

    assertThat(answer.json().path("stop_reason").asString()).isEqualTo("end_turn");
    assertThat(
            SchemaLibrary.complaints(
                JsonMapper.shared().readTree(SCHEMA),
                answer.json().at("/content/0/text").asString()))
        .isEmpty();
  }

  @Test
  void theVendorsClientAsksForASchemaAndLogprobs() {
    OpenAIClient openai =
        OpenAIOkHttpClient.builder()
            .baseUrl("http://localhost:" + server.port() + "/v1")
            .apiKey("any")
            .build();
    try {
      ResponseFormatJsonSchema.JsonSchema.Schema schema =
          ResponseFormatJsonSchema.JsonSchema.Schema.builder()
              .putAdditionalProperty("const", JsonValue.from(List.of(1, "two")))
              .build();
      ChatCompletion said =
          openai
              .chat()
              .completions()
              .create(
                  ChatCompletionCreateParams.builder()
                      .model("any")
                      .addUserMessage("Hello.")
                      .logprobs(true)
                      .topLogprobs(2)
                      .responseFormat(
                          ResponseFormatJsonSchema.builder()
                              .jsonSchema(
                                  ResponseFormatJsonSchema.JsonSchema.builder()
                                      .name("pair")
                                      .schema(schema)
                                      .build())
                              .build())
                      .build());

      assertThat(said.choices().getFirst().message().content()).contains("[1,\"two\"]");
      assertThat(said.choices().getFirst().logprobs().orElseThrow().content().orElseThrow())
          .isNotEmpty();
      assertThat(said.validate()).isSameAs(said);
    } finally {
      openai.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'temperature':3 | temperature: must be from 0.0 to 2.0, not 3.0",
        "'top_p':0 | top_p: must be above 0",
        "'top_k':-1 | top_k: must be from 0",
        "'min_p':2 | min_p: must be from 0.0 to 1.0",
        "'presence_penalty':3 | presence_penalty: must be from -2.0 to 2.0",
        "'frequency_penalty':'1' | frequency_penalty: must be a number",
        "'repetition_penalty':0 | repetition_penalty: must be from 0.01",
        "'logit_bias':[1] | logit_bias: must be an object",
        "'logit_bias':{'a':1} | logit_bias.a: is no token id",
        "'logit_bias':{'1':101} | logit_bias.1: must be from -100.0 to 100.0",
        "'logit_bias':{'99999':1} | a bias names the token 99999, but the model's ids run from 0 to"
            + " 480",
        "'top_logprobs':3 | top_logprobs: needs logprobs to be true",
        "'logprobs':true,'top_logprobs':21 | top_logprobs: must be from 0 to 20",
        "'logprobs':1 | logprobs: must be true or false",
        "'seed':1.5 | seed: must be a whole number",
        "'min_tokens':9,'max_tokens':8 | min_tokens: must be from 0 to 8",
        "'n':2 | n: must be from 1 to 1",
        "'response_format':{'type':'xml'} | response_format.type: must be one of text, json_object,"
            + " json_schema",
        "'response_format':{'type':'json_schema'} | response_format.json_schema: is missing",
        "'response_format':{'type':'json_schema','json_schema':{'name':'x'}} |"
            + " response_format.json_schema.schema: is missing",
        "'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'minProperties':1}}}"
            + " | response_format.json_schema.schema: at #: the keyword minProperties is not"
            + " supported",
        "'response_format':{'type':'json_object'},'stop':'}' | stop: could end the JSON in its"
            + " middle",
      })
  void saysWhatIsWrongBeforeAnythingIsWritten(String fields, String sentence) {
    Answer answer = chat("," + fields.replace('\'', '"'));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asString()).contains(sentence);
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'top_k':-1 | top_k: must be from 0",
        "'output_config':{'format':{'type':'json_schema','schema':{'not':{}}}} |"
            + " output_config.format.schema: at #: the keyword not is not supported",
        "'output_config':{'format':{'type':'xml'}} | output_config.format.type: must be"
            + " json_schema",
        "'output_config':{'format':{'type':'json_schema'}} | output_config.format.schema: is"
            + " missing",
        "'output_config':{'format':{'type':'json_schema','schema':true}},'stop_sequences':['x'] |"
            + " stop_sequences: could end the JSON",
      })
  void theOtherVendorsPathSaysSoToo(String fields, String sentence) {
    Answer answer =
        asking.post("/v1/messages", Asking.message("Hello.", "," + fields.replace('\'', '"')));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asString()).contains(sentence);
  }

  @Test
  void aReplyThatIsBegunHasNoForm() {
    Answer answer =
        asking.post(
            "/v1/chat/completions",
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"{\"}],\"response_format\":{\"type\":\"json_object\"}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asString()).contains("begin with the JSON");
  }

  @Test
  void aModelThatCannotIsNotAsked(@TempDir Path other) {
    ReleasedModel plain = ReleasedModel.in(other);
    ScriptedModel model = ScriptedModel.saying("Once there was a fox.");
    try (Server scripted = plain.serve(model)) {
      for (String field :
          List.of(
              "\"logprobs\":true",
              "\"response_format\":{\"type\":\"json_object\"}",
              "\"logit_bias\":{\"1\":1}")) {
        Answer answer =
            Asking.of(scripted)
                .post(
                    "/v1/chat/completions",
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                        + field
                        + "}");
        assertThat(answer.status()).isEqualTo(400);
      }
      assertThat(model.asked).hasValue(0);
    } finally {
      plain.close();
    }
  }
}
