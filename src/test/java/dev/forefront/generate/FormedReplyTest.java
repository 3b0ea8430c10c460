package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Bias;
import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.schema.JsonSchema;
import dev.forefront.schema.RandomSchema;
import dev.forefront.schema.SchemaLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Replies of a model that has learnt nothing, bound to forms. */
class FormedReplyTest {
  private static final int MOST_TOKENS = 300;

  @TempDir private static Path folder;
  private static Engine engine;

  @BeforeAll
  static void open() {
    engine = Engine.open(RandomModel.write(folder, 1_024));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Sampling drawing(long seed) {
    return new Sampling(1, Cutoffs.of(0, 1, 0), MOST_TOKENS, seed);
  }

  private static Reply reply(JsonSchema form, Sampling sampling) {
    return engine.complete("Say it:", sampling.with(form), Listener.SILENT);
  }

  @Test
  void whateverEndsByItselfIsValid() {
    record Written(JsonNode schema, Reply reply) {}
    // All at once, so that lanes share what they find out about forms.
    List<Written> written =
        IntStream.range(0, 120)
            .parallel()
            .mapToObj(
                seed -> {
                  JsonNode schema = RandomSchema.of(seed);
                  try {
                    return Optional.of(
                        new Written(schema, reply(JsonSchema.compile(schema), drawing(seed))));
                  } catch (BadInputException none) {
                    return Optional.<Written>empty();
                  }
                })
            .flatMap(Optional::stream)
            .toList();

    int finished = 0;
    for (Written one : written) {
      if (one.reply().stop() == StopReason.END_OF_TURN) {
        finished++;
        assertThat(SchemaLibrary.complaints(one.schema(), one.reply().text()))
            .as("%s of %s", one.reply().text(), one.schema())
            .isEmpty();
      } else {
        assertThat(one.reply().stop()).isEqualTo(StopReason.MAX_TOKENS);
      }
    }
    assertThat(finished).isGreaterThan(written.size() / 4);
  }

  @Test
  void aFormThatLeavesNoChoiceIsWrittenAndEndsAtOnce() {
    JsonSchema form = JsonSchema.compile(json("{\"const\":{\"answer\":[true,\"yes\"]}}"));

    Reply reply = reply(form, Sampling.greedy(MOST_TOKENS));

    assertThat(reply.text()).isEqualTo("{\"answer\":[true,\"yes\"]}");
    assertThat(reply.stop()).isEqualTo(StopReason.END_OF_TURN);
  }

  @Test
  void whereTheTokensEndInTheMiddleTheReasonSaysSo() {
    JsonSchema form = JsonSchema.compile(json("{\"type\":\"string\",\"minLength\":500}"));

    Reply reply = reply(form, Sampling.greedy(5));

    assertThat(reply.stop()).isEqualTo(StopReason.MAX_TOKENS);
    assertThat(reply.replyTokens()).isEqualTo(5);
    assertThat(reply.text()).startsWith("\"").doesNotEndWith("\"");
  }

  @Test
  void penaltiesAndCutoffsKeepTheForm() {
    JsonNode schema =
        json(
            "{\"type\":\"array\",\"items\":{\"enum\":[\"no\",\"yes\"]},\"minItems\":9,\"maxItems\":9}");
    Sampling sampling =
        new Sampling(1.3f, new Cutoffs(3, 0.5f, 0.1f, 0.9f, 0.01f, 0.01f), MOST_TOKENS, 3)
            .with(new Penalties(1.9f, 2, 2, 0));

    Reply reply = reply(JsonSchema.compile(schema), sampling);

    assertThat(reply.stop()).isEqualTo(StopReason.END_OF_TURN);
    assertThat(SchemaLibrary.complaints(schema, reply.text())).isEmpty();
  }

  @Test
  void aReplyThatCannotGoOnFailsAloneAndTheModelGoesOn() {
    JsonSchema form = JsonSchema.compile(json("{\"const\":7}"));
    List<Bias> forbidden =
        IntStream.range(0, engine.tokenizer().vocabularySize())
            .filter(id -> new String(engine.tokenizer().bytes(id)).equals("7"))
            .mapToObj(id -> Bias.of(id, Float.NEGATIVE_INFINITY))
            .toList();
    assertThat(forbidden).isNotEmpty();

    assertThatThrownBy(() -> reply(form, Sampling.greedy(5).withBiases(forbidden)))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("no token is left that may come next");
    assertThat(reply(form, Sampling.greedy(5)).text()).isEqualTo("7");
  }

  @Test
  void aFormIsNeverPassedOver() {
    JsonSchema form = JsonSchema.compile(json("{\"type\":\"boolean\"}"));
    assertThatThrownBy(
            () ->
                engine
                    .ids()
                    .write(
                        new int[] {1},
                        Sampling.greedy(5).with(form),
                        engine::endsTurn,
                        token -> Next.CONTINUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ask the engine");
  }

  @Test
  void tokensWithoutBytesOfTheirOwnTakeNoForm(@TempDir Path other) throws IOException {
    RandomModel.write(other, 64);
    JsonNode tokenizer = json(Files.readString(other.resolve("tokenizer.json")));
    ((ObjectNode) tokenizer)
        .set("decoder", json("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}"));
    Files.writeString(other.resolve("tokenizer.json"), tokenizer.toString());
    Sampling sampling = Sampling.greedy(5).with(JsonSchema.anyObject());
    try (Engine wordPieces = Engine.open(other)) {
      assertThatThrownBy(() -> wordPieces.check(sampling))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("no reply can be bound to a form");
      assertThatThrownBy(() -> wordPieces.complete("x", sampling, Listener.SILENT))
          .isInstanceOf(BadInputException.class);
    }
  }
}
