package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.Entry;
import dev.forefront.generate.Engine;
import dev.forefront.generate.RandomModel;
import dev.forefront.guard.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What one caller had read before is not read again for that caller, and for no other. */
class PrefixServingTest {
  private static final String LONG = "The fox went to the well and back again. ".repeat(20);

  @TempDir Path folder;
  private ReleasedModel released;
  private Server server;
  private Asking asking;

  @BeforeEach
  void start() throws IOException {
    released = ReleasedModel.in(folder.resolve("world"));
    Path model = Files.createDirectory(folder.resolve("random"));
    Engine engine = Engine.open(RandomModel.write(model, 2_048));
    server = released.serve(engine, Guard.builtIn());
    asking = Asking.of(server);
  }

  @AfterEach
  void stop() {
    server.close();
    released.close();
  }

  private JsonNode chat(String more, String... headers) {
    Asking.Answer answer =
        asking.post(
            "/v1/chat/completions",
            "{\"model\":\"m\",\"max_tokens\":8,\"seed\":3,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(LONG + more),
            headers);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static int cached(JsonNode answer) {
    return answer.at("/usage/prompt_tokens_details/cached_tokens").asInt(-1);
  }

  @Test
  void theNextTurnTellsHowMuchWasNotReadAgain() {
    JsonNode first = chat("One.", "x-api-key", "anns");
    assertThat(cached(first)).isZero();
    JsonNode second = chat("Two.", "x-api-key", "anns");
    assertThat(cached(second)).isPositive().isLessThan(second.at("/usage/prompt_tokens").asInt());
    assertThat(cached(second) % 64).isZero();
    List<Entry> replies =
        released.log().recent(64).stream().filter(one -> one.kind().equals("reply")).toList();
    assertThat(replies.getFirst().fields().has("cached_tokens")).isFalse();
    assertThat(replies.getLast().fields().path("cached_tokens").asInt()).isEqualTo(cached(second));

    JsonNode anew = chat("Two.", "x-api-key", "bobs");
    assertThat(cached(anew)).isZero();
    assertThat(anew.at("/choices")).isEqualTo(second.at("/choices"));
  }

  @Test
  void whoeverLooksDifferentReadsAllOfIt() {
    chat("One.", "x-api-key", "anns");
    for (String[] other :
        List.of(
            new String[0],
            new String[] {"x-api-key", "bobs"},
            new String[] {"authorization", "Bearer anns"},
            new String[] {"x-api-key", "anns", "x-forwarded-for", "10.0.0.1"},
            new String[] {"x-api-key", "anns", "x-forwarded-for", "10.0.0.2"},
            new String[] {"x-api-key", "anns", "cookie", "session=1"},
            new String[] {"x-api-key", "anns", "x-forwarded-user", "ann"},
            new String[] {"x-api-key", "anns", "x-forefront-caller", "ann"},
            new String[] {"x-api-key", "anns", "x-api-key", "anns"})) {
      assertThat(cached(chat("One.", other))).as(String.join(" ", other)).isZero();
    }
    assertThat(cached(chat("One.", "x-api-key", "anns"))).isPositive();
    assertThat(cached(chat("One."))).isPositive();
  }

  @Test
  void theMessagesApiCountsThemApart() {
    String greedy = ",\"temperature\":0";
    String body = Asking.message(LONG, greedy).replace("200", "8");
    JsonNode first = asking.post("/v1/messages", body).json().path("usage");
    JsonNode again = asking.post("/v1/messages", body).json().path("usage");
    assertThat(first.path("cache_read_input_tokens").asInt(-1)).isZero();
    int cached = again.path("cache_read_input_tokens").asInt();
    assertThat(cached).isPositive();
    assertThat(again.path("input_tokens").asInt() + cached)
        .isEqualTo(first.path("input_tokens").asInt());
    String stream = Asking.message(LONG, greedy + ",\"stream\":true").replace("200", "8");
    JsonNode last =
        asking.post("/v1/messages", stream).events().stream()
            .filter(event -> event.name().equals("message_delta"))
            .findFirst()
            .orElseThrow()
            .json()
            .path("usage");
    assertThat(last.path("cache_read_input_tokens").asInt()).isEqualTo(cached);
  }
}
