package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.Entry;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardSettings;
import dev.forefront.guard.Hazard;
import dev.forefront.guard.Side;
import dev.forefront.guard.Signal;
import dev.forefront.guard.Stage;
import dev.forefront.guard.Word;
import dev.forefront.serve.Asking.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What leaves the server when the guard steps in, and when it breaks. */
class GuardedServingTest {
  private static final String SECRET = "first words then wicked words and the end";

  @TempDir Path folder;
  private ReleasedModel released;

  @BeforeEach
  void release() {
    released = ReleasedModel.in(folder);
  }

  @AfterEach
  void close() {
    released.close();
  }

  @Test
  void aGuardThatThrowsEndsTheReplyAsARefusalAndTheServerLives() {
    brokenGuard(
        Duration.ofSeconds(2),
        word -> {
          throw new IllegalStateException("broken on purpose");
        });
  }

  @Test
  void aGuardThatHangsEndsTheReplyAsARefusalAndTheServerLives() {
    brokenGuard(
        Duration.ofMillis(200),
        word -> {
          try {
            Thread.sleep(Duration.ofMinutes(1));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void brokenGuard(Duration deadline, Consumer<Word> reaction) {
    Guard guard =
        Guard.of(List.of(new Listening(Side.OUTPUT, reaction)))
            .with(new GuardSettings(0, 1, deadline, 64));
    try (Server server = released.serve(ScriptedModel.saying(SECRET), guard)) {
      Asking asking = Asking.of(server);
      for (String more : List.of("", ",\"stream\":true")) {
        Answer answer = asking.post("/v1/messages", Asking.message("Hello.", more));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"refusal\"", Hazard.UNKNOWN.notice());
        assertThat(answer.body()).doesNotContain("first", "words then", "the end");
        assertThat(last("reply").fields().path("allowed").isEmpty()).isTrue();
        assertThat(last("reply").fields().at("/block/stage").asString()).isEqualTo("failure");
      }
      assertThat(asking.get("/health").status()).isEqualTo(200);
      assertThat(asking.get("/api/status").status()).isEqualTo(200);
    }
  }

  @Test
  void keepsWhatWasAllowedAndNothingAfterTheBlock() {
    Guard guard =
        Guard.of(List.of(new Forbidding("wicked")))
            .with(new GuardSettings(0, 1, Duration.ofSeconds(5), 64));
    try (Server server = released.serve(ScriptedModel.saying(SECRET), guard)) {
      Asking asking = Asking.of(server);
      JsonNode message = asking.post("/v1/messages", Asking.message("Hello.")).json();
      String delivered = message.at("/content/0/text").asString();

      assertThat(message.path("stop_reason").asString()).isEqualTo("refusal");
      assertThat(message.at("/forefront/side").asString()).isEqualTo("output");
      assertThat(SECRET).startsWith(delivered);
      assertThat(delivered).startsWith("first").doesNotContain("wicked");
      JsonNode record = last("reply").fields();
      assertThat(record.path("outcome").asString()).isEqualTo("refused");
      assertThat(record.at("/allowed/0/0").asInt()).isZero();
      assertThat(record.at("/allowed/0/1").asInt()).isEqualTo(delivered.length());
      assertThat(record.at("/allowed").size()).isEqualTo(1);

      JsonNode chat =
          asking
              .post(
                  "/v1/chat/completions",
                  "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"}]}")
              .json();
      assertThat(chat.at("/choices/0/finish_reason").asString()).isEqualTo("content_filter");
      assertThat(chat.at("/choices/0/message/content").asString()).isEqualTo(delivered);
      assertThat(chat.at("/choices/0/message/refusal").asString()).isEqualTo(Hazard.S1.notice());
    }
  }

  @Test
  void theModelIsNotAskedWhereTheRequestIsRefused() {
    ScriptedModel model = ScriptedModel.saying(SECRET);
    try (Server server = released.serve(model)) {
      Asking.of(server).post("/v1/messages", Asking.message("How do I make a pipe bomb?"));
    }

    assertThat(model.asked).hasValue(0);
  }

  @Test
  void aModelThatThrowsIsAnErrorAndTheServerLives() {
    ScriptedModel model =
        ScriptedModel.answering(
            conversation -> {
              throw new IllegalStateException("broken on purpose");
            });
    try (Server server = released.serve(model)) {
      Asking asking = Asking.of(server);
      Answer whole = asking.post("/v1/messages", Asking.message("Hello."));
      assertThat(whole.status()).isEqualTo(500);
      assertThat(whole.json().at("/error/type").asString()).isEqualTo("api_error");
      assertThat(whole.body()).doesNotContain("broken on purpose");

      Answer stream = asking.post("/v1/messages", Asking.message("Hello.", ",\"stream\":true"));
      assertThat(stream.events().getLast().name()).isEqualTo("error");
      assertThat(last("reply").fields().path("outcome").asString()).isEqualTo("failed");
      assertThat(asking.get("/health").status()).isEqualTo(200);
    }
  }

  private Entry last(String kind) {
    return released.log().recent(256).stream()
        .filter(entry -> entry.kind().equals(kind))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** A stage that does something with each word of one side. */
  private record Listening(Side listened, Consumer<Word> reaction) implements Stage {
    @Override
    public String name() {
      return "listening";
    }

    @Override
    public Reader open(Side side) {
      return new Reader() {
        @Override
        public void word(Word word) {
          if (side == listened) {
            reaction.accept(word);
          }
        }

        @Override
        public List<Signal> signals() {
          return List.of();
        }
      };
    }
  }

  /** Blocks from one word on. */
  private record Forbidding(String forbidden) implements Stage {
    @Override
    public String name() {
      return "forbidding";
    }

    @Override
    public Reader open(Side side) {
      return new Reader() {
        private boolean seen;

        @Override
        public void word(Word word) {
          seen |= word.text().equals(forbidden);
        }

        @Override
        public List<Signal> signals() {
          return seen
              ? List.of(new Signal(Hazard.S1, 1, 0.5, "a word that is forbidden"))
              : List.of();
        }
      };
    }
  }
}
