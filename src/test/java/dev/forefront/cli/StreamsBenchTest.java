package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is counted of a server's streams; how fast one is belongs to docs/performance.md. */
class StreamsBenchTest {
  private static final String WORD =
      """
      data: {"choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}],"usage":null}

      """;

  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private ExecutorService threads;
  private String last =
      """
      data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}

      data: [DONE]

      """;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newFixedThreadPool(4);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write((WORD + WORD + last).getBytes(StandardCharsets.UTF_8));
    }
  }

  private Ran bench(String... more) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return Ran.of(
        new StreamsBench(),
        Stream.concat(Stream.of("--url", url), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void asksForDifferentRepliesOfOneLengthAndCountsTheirTokens() {
    Ran ran = bench("--streams", "3", "--tokens", "3", "--rounds", "2", "--json");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    JsonNode answer = JsonMapper.shared().readTree(ran.out());
    assertThat(answer.path("streams").asInt()).isEqualTo(3);
    assertThat(answer.path("tokens_per_second").asDouble()).isPositive();
    assertThat(answer.path("first_text_milliseconds").asDouble()).isPositive();
    assertThat(asked).hasSize(9).allMatch(one -> one.path("max_tokens").asInt() == 3);
    assertThat(asked.stream().map(one -> one.at("/messages/0/content").asString()).distinct())
        .hasSize(9);
  }

  @Test
  void aReplyThatIsStoppedOrUncountedIsNoMeasurement() {
    last = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n";
    assertThat(bench("--rounds", "1").err()).contains("gave no whole reply: it stopped a reply");
    last = "data: [DONE]\n\n";
    assertThat(bench("--rounds", "1").err()).contains("did not say how many tokens it wrote");
    last = "data: {nothing\n\n";
    assertThat(bench("--rounds", "1").err()).contains("it sent an event that is no JSON");
  }

  @Test
  void nobodyWhoListensIsOneSentence() {
    server.stop(0);
    Ran ran = bench("--rounds", "1");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err())
        .contains("gave no whole reply: nobody listens there")
        .doesNotContain("\tat ");
  }
}
