package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.audit.Entry;
import dev.forefront.conversation.CallFormat;
import dev.forefront.guard.Guard;
import dev.forefront.release.Orders;
import dev.forefront.release.RefusedException;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import dev.forefront.serve.Asking.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The board's word reaches a server that runs, at once and for good. */
@Timeout(120)
class BoardStopTest {
  private static final String REASON = "answers invented doses";
  private static final Duration TOKEN = Duration.ofMillis(20);
  private static final List<String> PATHS = List.of("/v1/messages", "/v1/chat/completions");

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

  private Orders orders() {
    return Registry.at(released.registryFolder()).orders();
  }

  private static ScriptedModel talking() {
    return ScriptedModel.answering(conversation -> "word ".repeat(1_500)).pausing(TOKEN);
  }

  private static String asking(String more) {
    return Asking.message("Hello.", more).replace("200", "1500");
  }

  @Test
  void oneKeyEndsEveryReplyAsARefusalThatSaysWhy() throws Exception {
    ScriptedModel model = talking();
    try (Server server = released.serve(model, ReleasedModel.promptGuard());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> running = new ArrayList<>();
      for (String path : PATHS) {
        for (String more : List.of("", ",\"stream\":true")) {
          running.add(callers.submit(() -> Asking.of(server).post(path, asking(more))));
        }
      }
      while (model.asked.get() < 4 || model.written.get() < 40) {
        Thread.sleep(5);
      }

      orders().stop(ReleasedModel.NAME, REASON, released.key(2));

      Answer message = running.get(0).get();
      assertThat(message.json().path("stop_reason").asString()).isEqualTo("refusal");
      assertThat(message.json().at("/content/0/text").asString()).endsWith(REASON);
      assertThat(message.json().at("/forefront/stage").asString()).isEqualTo("board");
      List<Asking.Event> events = running.get(1).get().events();
      JsonNode end = events.get(events.size() - 2).json();
      assertThat(end.at("/delta/stop_reason").asString()).isEqualTo("refusal");
      assertThat(end.at("/delta/stop_details/explanation").asString()).endsWith(REASON);
      assertThat(events.getLast().name()).isEqualTo("message_stop");
      Answer completion = running.get(2).get();
      assertThat(completion.json().at("/choices/0/finish_reason").asString())
          .isEqualTo("content_filter");
      assertThat(completion.json().at("/choices/0/message/refusal").asString()).endsWith(REASON);
      assertThat(completion.json().at("/choices/0/message/content").isNull()).isTrue();
      assertThat(running.get(3).get().body()).contains(REASON + "\"", "content_filter", "[DONE]");
    }
    assertThat(replies())
        .hasSize(4)
        .allSatisfy(
            reply -> {
              assertThat(reply.path("outcome").asString()).isEqualTo("stopped");
              assertThat(reply.at("/stopped/reason").asString()).endsWith(REASON);
              assertThat(reply.at("/stopped/by").asString()).isEqualTo("demo-3");
            });
  }

  @Test
  void aCallThatWasWrittenDoesNotLeaveAnyMore() throws Exception {
    ScriptedModel model =
        ScriptedModel.answering(
                conversation ->
                    "<tool_call>{\"name\": \"tide\", \"arguments\": {}}</tool_call>\n"
                        + "word ".repeat(1_500))
            .pausing(TOKEN)
            .calling(CallFormat.HERMES);
    ToolWords asked = ToolWords.asking("Tide?");
    try (Server server = released.serve(model, ReleasedModel.promptGuard());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> running = new ArrayList<>();
      for (String more : List.of("", ",\"stream\":true")) {
        String message = asked.message(more).replace("200", "1500");
        running.add(callers.submit(() -> Asking.of(server).post("/v1/messages", message)));
        String chat = asked.chat(more);
        running.add(callers.submit(() -> Asking.of(server).post("/v1/chat/completions", chat)));
      }
      while (model.asked.get() < 4 || model.written.get() < 80) {
        Thread.sleep(5);
      }

      orders().stop(ReleasedModel.NAME, REASON, released.key(2));

      for (Future<Answer> answer : running) {
        assertThat(answer.get().body()).contains(REASON).doesNotContain("tide");
      }
    }
    assertThat(replies())
        .hasSize(4)
        .allSatisfy(
            reply -> {
              assertThat(reply.path("outcome").asString()).isEqualTo("stopped");
              assertThat(reply.has("tool_calls")).isFalse();
            });
  }

  private List<JsonNode> replies() {
    return fields("reply");
  }

  private List<JsonNode> fields(String kind) {
    return released.log().recent(256).stream()
        .filter(entry -> entry.kind().equals(kind))
        .map(Entry::fields)
        .toList();
  }

  @Test
  void answersNothingUntilTheQuorumResumesAndOneKeyIsNone() throws Exception {
    ScriptedModel model = ScriptedModel.saying("Good day.");
    try (Server server = released.serve(model)) {
      Asking asking = Asking.of(server);
      assertThat(asking.post("/v1/messages", Asking.message("Hello.")).status()).isEqualTo(200);
      orders().stop(ReleasedModel.NAME, REASON, released.key(0));

      stopped(asking);
      orders().resume(ReleasedModel.NAME, "looked into", released.key(0));
      stopped(asking);
      orders().resume(ReleasedModel.NAME, "looked into", released.key(1));

      assertThat(asking.post("/v1/messages", Asking.message("Hello.")).status()).isEqualTo(200);
      assertThat(asking.get("/health").status()).isEqualTo(200);
      assertThat(asking.get("/api/status").json().at("/standing/serving").asBoolean()).isTrue();
    }
    assertThat(model.asked).hasValue(2);
    assertThat(fields("board.stop")).hasSize(1);
    assertThat(fields("board.stop").getFirst().path("by").asString()).isEqualTo("demo-1");
    assertThat(fields("board.resume")).hasSize(1);
  }

  private static void stopped(Asking asking) {
    Answer message = asking.post("/v1/messages", Asking.message("Hello."));
    assertThat(message.status()).isEqualTo(503);
    assertThat(message.json().at("/error/message").asString()).endsWith(REASON);
    assertThat(message.header("x-should-retry")).isEqualTo("false");
    Answer completion = asking.post("/v1/chat/completions", Asking.message("Hello."));
    assertThat(completion.status()).isEqualTo(503);
    assertThat(completion.json().at("/error/code").asString()).isEqualTo("stopped_by_board");
    assertThat(asking.get("/health").status()).isEqualTo(503);
    JsonNode standing = asking.get("/api/status").json().path("standing");
    assertThat(standing.path("serving").asBoolean(true)).isFalse();
    assertThat(standing.path("notice").asString()).endsWith(REASON);
    assertThat(asking.get("/audit").body()).contains("board.stop", REASON);
  }

  @Test
  void aRestartDoesNotHelpAndNeitherDoesTakingTheOrderAway() throws IOException {
    Path seen = folder.resolve("seen.json");
    Release.open(released.registryFolder(), ReleasedModel.NAME, seen);
    orders().stop(ReleasedModel.NAME, REASON, released.key(1));

    assertThatThrownBy(() -> Release.open(released.registryFolder(), ReleasedModel.NAME, seen))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(REASON);
    // A server that has the release open already starts, and stays stopped.
    try (Server server = released.serve(ScriptedModel.saying("Good day."))) {
      stopped(Asking.of(server));
      deleteOrders();
      assertThat(Asking.of(server).post("/v1/messages", Asking.message("Hello.")).status())
          .isEqualTo(503);
    }
  }

  private void deleteOrders() throws IOException {
    try (Stream<Path> files = Files.list(released.registryFolder().resolve("orders"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aRegistryThatCannotBeReadStops() throws IOException {
    try (Server server = released.serve(ScriptedModel.saying("Good day."))) {
      Files.delete(released.registryFolder().resolve("board.json"));

      assertThat(Asking.of(server).post("/v1/messages", Asking.message("Hello.")).status())
          .isEqualTo(503);
    }
    assertThat(fields("board.stop")).hasSize(1);
  }

  /**
   * All callers are read by one thread, so that what is measured is the server and not who waits
   * for a processor to read what came long ago.
   */
  @Test
  @Tag("slow")
  void theLastByteOfSixtyFourStreamsComesWithinATenthOfASecondAndOneToken() throws Exception {
    int streams = 64;
    try (Server server = released.serve(talking(), Guard.builtIn());
        ManyStreams callers =
            ManyStreams.open(server.port(), streams, asking(",\"stream\":true"))) {
      callers.readUntilAllSpeak();
      AtomicLong appeared = new AtomicLong();
      Path order = nextOrder();
      Thread board =
          Thread.ofPlatform()
              .start(
                  () -> {
                    orders().stop(REASON, released.key(0));
                  });
      Thread looking = Thread.ofPlatform().start(() -> appeared.set(appears(order)));

      long last = callers.readToTheEnd();

      board.join();
      looking.join();
      Duration after = Duration.ofNanos(last - appeared.get());
      System.getLogger("forefront.stop")
          .log(
              System.Logger.Level.INFO,
              "the last byte of model text in %d streams came %.1f ms after the order"
                  .formatted(streams, after.toNanos() / 1e6));
      assertThat(after).isLessThan(Duration.ofMillis(100).plus(TOKEN));
    }
  }

  /** Where the board's next word will stand. */
  private Path nextOrder() throws IOException {
    Path folder = released.registryFolder().resolve("orders");
    try (Stream<Path> before = Files.list(folder)) {
      return folder.resolve("%06d.dsse.json".formatted(before.count() + 1));
    }
  }

  private static long appears(Path order) {
    while (!Files.exists(order)) {
      LockSupport.parkNanos(200_000);
    }
    return System.nanoTime();
  }
}
