package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.guard.Guard;
import dev.forefront.serve.Asking.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Too much, too long, broken, foreign, gone. */
class LimitsTest {
  private static final int HUNDRED_MEGABYTES = 100 << 20;

  @TempDir static Path folder;
  private static ReleasedModel released;
  private static Server server;
  private static Asking asking;

  @BeforeAll
  static void start() {
    released = ReleasedModel.in(folder);
    server = released.serve(ScriptedModel.saying("Good day."));
    asking = Asking.of(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    released.close();
  }

  @Test
  void aPromptOfAHundredMegabytesIsTooLarge() {
    byte[] prompt = new byte[HUNDRED_MEGABYTES];
    Arrays.fill(prompt, (byte) ' ');

    Answer told = asking.send("POST", "/v1/messages", BodyPublishers.ofByteArray(prompt));
    Answer chunked =
        asking.send(
            "POST",
            "/v1/messages",
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(prompt)));

    for (Answer answer : new Answer[] {told, chunked}) {
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.json().at("/error/type").asString()).isEqualTo("request_too_large");
      assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }
    assertThat(asking.post("/v1/messages", Asking.message("Hello.")).status()).isEqualTo(200);
  }

  @Test
  void aConversationLongerThanTheContextIsInvalid() {
    Answer answer = asking.post("/v1/messages", Asking.message("word ".repeat(2_100)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asString())
        .isEqualTo(
            "the conversation has 2,101 tokens and the model reads at most 2,047: shorten it or start a new one");
    Answer far = asking.post("/v1/messages", Asking.message("word ".repeat(200_000)));
    assertThat(far.status()).isEqualTo(400);
    assertThat(far.json().at("/error/message").asString()).contains("1,000,000 bytes");
    assertThat(asking.post("/v1/chat/completions", far(8)).status()).isEqualTo(200);
  }

  private static String far(int words) {
    return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted("word ".repeat(words));
  }

  @Test
  void namesThePlaceWhereABodyIsBroken() {
    byte[] broken = Asking.message("Hello.").getBytes(StandardCharsets.UTF_8);
    broken[20] = (byte) 0xff;
    Answer utf8 = asking.send("POST", "/v1/messages", BodyPublishers.ofByteArray(broken));
    assertThat(utf8.status()).isEqualTo(400);
    assertThat(utf8.json().at("/error/message").asString())
        .isEqualTo("the body is not valid UTF-8 at byte 20");

    Answer json = asking.post("/v1/messages", "{\"model\":\n \"m\",,}");
    assertThat(json.status()).isEqualTo(400);
    assertThat(json.json().at("/error/message").asString())
        .startsWith("the body is no JSON at line 2, column ");

    assertThat(asking.post("/v1/messages", "[1]").json().at("/error/message").asString())
        .isEqualTo("the body must be a JSON object");
    assertThat(asking.post("/v1/messages", "[".repeat(10_000)).status()).isEqualTo(400);
  }

  @Test
  @Timeout(60)
  void aBodyThatDoesNotComeIsNotWaitedFor() throws IOException {
    ServerSettings hurried = released.settings().withBodyPatience(Duration.ofMillis(200));
    try (Server strict =
            released.serve(ScriptedModel.saying("Good day."), Guard.builtIn(), hurried);
        Socket silent = new Socket("127.0.0.1", strict.port())) {
      silent
          .getOutputStream()
          .write(
              "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n{"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(silent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 408").contains("the body did not come in time");
      assertThat(Asking.of(strict).post("/v1/messages", Asking.message("Hello.")).status())
          .isEqualTo(200);
    }
  }

  /** As many as may send much at once say so, and send nothing. */
  @Test
  @Timeout(15)
  void whoSendsNothingKeepsNobodyFromSendingMuch() throws IOException {
    byte[] head =
        "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    try (Socket one = new Socket("127.0.0.1", server.port());
        Socket two = new Socket("127.0.0.1", server.port())) {
      one.getOutputStream().write(head);
      two.getOutputStream().write(head);
      String much = Asking.message("Hello.") + " ".repeat(2 << 20);
      assertThat(asking.post("/v1/messages", much).status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestTooManyIsToldToComeBack() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ScriptedModel slow =
        ScriptedModel.answering(
            conversation -> {
              writing.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return "Done.";
            });
    ServerSettings one = released.settings().withMostReplies(1, Duration.ofMillis(20));
    try (Server busy = released.serve(slow, Guard.builtIn(), one)) {
      Asking client = Asking.of(busy);
      Thread first =
          Thread.ofVirtual().start(() -> client.post("/v1/messages", Asking.message("Hello.")));
      writing.await();

      Answer anthropic = client.post("/v1/messages", Asking.message("Hello."));
      assertThat(anthropic.status()).isEqualTo(529);
      assertThat(anthropic.json().at("/error/type").asString()).isEqualTo("overloaded_error");
      assertThat(anthropic.header("retry-after-ms")).isNotEmpty();
      Answer openai = client.post("/v1/chat/completions", far(1));
      assertThat(openai.status()).isEqualTo(429);
      assertThat(openai.json().at("/error/message").asString()).isNotEmpty();
      // What can never be answered waits for nothing.
      assertThat(client.post("/v1/messages", Asking.message("word ".repeat(200_000))).status())
          .isEqualTo(400);

      goOn.countDown();
      first.join();
      assertThat(client.post("/v1/messages", Asking.message("Hello.")).status()).isEqualTo(200);
    }
  }

  @Test
  void aCallerWhoLeavesEndsTheReply() throws Exception {
    ScriptedModel endless =
        ScriptedModel.answering(conversation -> "word ".repeat(2_000))
            .pausing(Duration.ofMillis(5));
    try (Server talking = released.serve(endless, ReleasedModel.promptGuard())) {
      for (String more : new String[] {",\"stream\":true", ""}) {
        int before = endless.stopped.get();
        int asked = endless.asked.get();
        String body = Asking.message("Hello.", more).replace("200", "2000");
        try (Socket socket = new Socket("127.0.0.1", talking.port())) {
          send(socket, "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n", body);
          while (endless.asked.get() == asked) {
            Thread.onSpinWait();
          }
        }
        // Waits until the model was stopped; the test's own time limit is the build's.
        while (endless.stopped.get() == before) {
          Thread.sleep(5);
        }
        assertThat(endless.written.get()).isLessThan(2_000);
      }
    }
    assertThat(
            released.log().recent(256).stream()
                .filter(e -> e.fields().path("outcome").asString("").equals("cancelled")))
        .hasSize(2);
  }

  private static void send(Socket socket, String head, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    OutputStream out = socket.getOutputStream();
    String length = bytes.length == 0 ? "" : "Content-Length: " + bytes.length + "\r\n";
    out.write((head + length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.flush();
  }

  @Test
  void otherWebSitesAreNotAnswered() throws IOException {
    Answer foreign =
        asking.post("/v1/messages", Asking.message("Hello."), "Origin", "https://example.org");
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(foreign.json().at("/error/type").asString()).isEqualTo("permission_error");
    assertThat(asking.get("/api/conversations", "Origin", "null").status()).isEqualTo(403);
    String own = "http://localhost:" + server.port();
    assertThat(asking.get("/api/conversations", "Origin", own).status()).isEqualTo(200);

    assertThat(statusFor("Host: rebound.example.org:" + server.port())).isEqualTo("403");
    assertThat(statusFor("Host: 127.0.0.1:" + server.port())).isEqualTo("200");
    assertThat(statusFor("Host: localhost")).isEqualTo("200");
    assertThat(statusFor("X: no host at all")).isEqualTo("400");
  }

  @Test
  void namesThatPointHereAreAnsweredWhereTheyWereGiven() throws IOException {
    ServerSettings open = released.settings().withHost("0.0.0.0");
    try (Server any = released.serve(ScriptedModel.saying("x"), Guard.builtIn(), open);
        Server named =
            released.serve(
                ScriptedModel.saying("x"),
                Guard.builtIn(),
                released
                    .settings()
                    .withNames(Set.of("Chat.example.org", "chat", "[2001:DB8::1]")))) {
      for (String host : List.of("10.0.0.7", "[fe80::1]:8080", "localhost", "127.0.0.1:1")) {
        assertThat(statusFor(any, "Host: " + host)).as(host).isEqualTo("200");
      }
      for (String host : List.of("rebound.example.org", "10.0.0.7.example.org", "1.2.3", "chat")) {
        assertThat(statusFor(any, "Host: " + host)).as(host).isEqualTo("403");
      }
      for (String host :
          List.of("chat.example.org", "CHAT.EXAMPLE.ORG:443", "chat.", "[2001:db8::1]:1")) {
        assertThat(statusFor(named, "Host: " + host)).as(host).isEqualTo("200");
      }
      assertThat(statusFor(named, "Host: 10.0.0.7")).isEqualTo("403");
      assertThat(statusFor(named, "Host: example.org")).isEqualTo("403");
    }
    for (String wrong : List.of("https://chat.example.org", "chat:80", "", "-chat", "a b")) {
      assertThatThrownBy(() -> released.settings().withNames(Set.of(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("without scheme and port");
    }
  }

  private static String statusFor(String header) throws IOException {
    return statusFor(server, header);
  }

  private static String statusFor(Server server, String header) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      send(socket, "GET /api/status HTTP/1.1\r\nConnection: close\r\n" + header + "\r\n", "");
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).substring(9, 12);
    }
  }

  @Test
  void aTakenPortIsSaidClearly() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ServerSettings settings = released.settings().withPort(taken.getLocalPort());

      assertThatThrownBy(() -> released.serve(ScriptedModel.saying("x"), Guard.builtIn(), settings))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "port %d is taken: end what listens there or choose another with --port",
              taken.getLocalPort());
    }
  }

  @Test
  void unknownPathsAreNotFound() {
    Answer answer = asking.get("/v1/nothing");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().at("/error/type").asString()).isEqualTo("not_found_error");
    assertThat(answer.header("request-id")).startsWith("req_");
  }
}
