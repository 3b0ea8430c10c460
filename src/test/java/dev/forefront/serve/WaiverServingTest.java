package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.Entry;
import dev.forefront.release.MovedClock;
import dev.forefront.release.Orders;
import dev.forefront.release.Registry;
import dev.forefront.release.WaiverRequest;
import dev.forefront.serve.Asking.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server whose release leans on a waiver serves until its end, and not for a moment longer. */
class WaiverServingTest {
  private static final String CRITERION = "ends/self_ended_rate low_at_least";
  private static final List<String> PATHS = List.of("/v1/messages", "/v1/chat/completions");

  @TempDir Path folder;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Instant end = now.plus(Duration.ofDays(30));
  private final MovedClock clock = MovedClock.at(now);
  private final Speaker model = new Speaker(2_048);
  private ReleasedModel released;

  @BeforeEach
  void release() {
    released = ReleasedModel.leaning(folder, end, clock);
  }

  @AfterEach
  void close() {
    model.letAllGo();
    released.close();
  }

  @Test
  void servesUntilTheLastMomentAndNotAtTheEnd() {
    try (Server server = released.serve(model)) {
      Asking asking = Asking.of(server);
      serves(asking);
      clock.moveTo(end.minusMillis(1));
      serves(asking);

      clock.moveTo(end);
      stopped(asking);

      // All of this board let it go on, with a new waiver; two are enough to release alone.
      waiveAgain(0);
      waiveAgain(1);
      stopped(asking);
      waiveAgain(2);
      serves(asking);
    }
    assertThat(model.asked).hasSize(6);
    assertThat(entries("board.stop"))
        .singleElement()
        .satisfies(stop -> assertThat(stop.path("reason").asString()).isEqualTo(ended()));
    assertThat(entries("board.resume")).hasSize(1);
  }

  @Test
  void whatIsBeingSaidAtTheEndGoesNoFurther() throws Exception {
    model.on("Hello.", "before " + Speaker.HOLD + "after");
    try (Server server = released.serve(model, ReleasedModel.promptGuard());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Asking asking = Asking.of(server);
      List<Future<Answer>> running = new ArrayList<>();
      for (String path : PATHS) {
        for (String more : List.of("", ",\"stream\":true")) {
          running.add(callers.submit(() -> asking.post(path, Asking.message("Hello.", more))));
        }
      }
      model.awaitHeld(running.size());

      clock.moveTo(end);
      stopped(asking);
      model.letAllGo();

      for (Future<Answer> one : running) {
        assertThat(one.get().body()).contains(ended()).doesNotContain("after");
      }
    }
    assertThat(entries("reply"))
        .hasSize(4)
        .allSatisfy(
            reply -> {
              assertThat(reply.path("outcome").asString()).isEqualTo("stopped");
              assertThat(reply.at("/stopped/reason").asString()).isEqualTo(ended());
              assertThat(reply.at("/stopped/by").asString()).isEmpty();
            });
  }

  @Test
  void whatEndsBeforeItsFirstWordIsToldWhyToo() {
    try (Server server = released.serve(model)) {
      Asking asking = Asking.of(server);
      for (String path : PATHS) {
        clock.moveTo(now);
        serves(asking);
        model.whenCounting(
            () -> {
              model.whenCounting(() -> {});
              clock.moveTo(end);
              stopped(asking);
            });
        assertThat(asking.post(path, Asking.message("Hello.", ",\"stream\":true")).body())
            .contains(ended())
            .containsAnyOf("event: message_stop", "data: [DONE]")
            .doesNotContain("You said");
      }
    }
  }

  @Test
  void aServerThatStartsAfterTheEndServesNothing() {
    clock.moveTo(end);
    try (Server server = released.serve(model)) {
      stopped(Asking.of(server));
    }
    assertThat(model.asked).isEmpty();
    assertThat(entries("board.stop")).hasSize(1);
  }

  @Test
  void aClockThatGoesBackBeforeTheWaiverServesNothing() {
    try (Server server = released.serve(model)) {
      serves(Asking.of(server));
      clock.moveTo(now.minus(Duration.ofDays(1)));
      Answer answer = Asking.of(server).post("/v1/messages", Asking.message("Hello."));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.json().at("/error/message").asString()).contains("is from the future");
    }
  }

  private void waiveAgain(int member) {
    Orders orders = Registry.at(released.registryFolder()).orders();
    WaiverRequest longer =
        Registry.at(released.registryFolder())
            .waiverFor(ReleasedModel.NAME, CRITERION, end.plus(Duration.ofDays(9)));
    orders.waive(longer, "a little longer", released.key(member));
  }

  private static void serves(Asking asking) {
    for (String path : PATHS) {
      assertThat(asking.post(path, Asking.message("Hi.")).body()).contains("You said: Hi.");
    }
    assertThat(asking.get("/health").status()).isEqualTo(200);
    assertThat(standing(asking).path("serving").asBoolean()).isTrue();
  }

  private void stopped(Asking asking) {
    Answer message = asking.post("/v1/messages", Asking.message("Hi."));
    assertThat(message.status()).isEqualTo(503);
    assertThat(message.json().at("/error/message").asString()).endsWith(ended());
    Answer completion = asking.post("/v1/chat/completions", Asking.message("Hi."));
    assertThat(completion.status()).isEqualTo(503);
    assertThat(completion.json().at("/error/code").asString()).isEqualTo("stopped_by_board");
    assertThat(asking.get("/health").status()).isEqualTo(503);
    assertThat(standing(asking).path("serving").asBoolean(true)).isFalse();
    assertThat(standing(asking).path("reason").asString()).isEqualTo(ended());
  }

  private static JsonNode standing(Asking asking) {
    return asking.get("/api/status").json().path("standing");
  }

  private String ended() {
    return "the waiver of " + CRITERION + " ended at " + end;
  }

  private List<JsonNode> entries(String kind) {
    return released.log().recent(256).stream()
        .filter(entry -> entry.kind().equals(kind))
        .map(Entry::fields)
        .toList();
  }
}
