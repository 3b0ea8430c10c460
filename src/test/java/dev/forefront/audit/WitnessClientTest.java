package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a log makes of the answers of a witness that may be anybody. */
class WitnessClientTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final SigningKey.Pair logPair = SigningKey.generate();
  private final SigningKey.Pair pair = SigningKey.generate();
  private final NoteKey log = NoteKey.ofLog(logPair.verifying());
  private final NoteKey key = new NoteKey("w", NoteKey.Use.WITNESS, pair.verifying());
  private final Checkpoint checkpoint =
      Checkpoint.sign(new MerkleTree(), logPair.verifying(), logPair.signing());
  private final WitnessRequest request = new WitnessRequest(0, List.of(), checkpoint);
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;
  private int status = 200;
  private volatile boolean inPieces;
  private volatile String contentType = "";
  private byte[] answer = {};

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            contentType = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
            asked.add(
                "%s %s %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI(), body));
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(
                status, answer.length == 0 ? -1 : inPieces ? 0 : answer.length);
            if (answer.length > 0) {
              exchange.getResponseBody().write(answer);
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI url() {
    return URI.create("http://127.0.0.1:%d/w".formatted(server.getAddress().getPort()));
  }

  private WitnessClient.Answer ask() throws IOException {
    return new WitnessClient(url(), key, Duration.ofSeconds(20)).ask(request);
  }

  private void answers(int code, String body) {
    status = code;
    answer = body.getBytes(StandardCharsets.UTF_8);
  }

  private SignedNote.Signature cosignature() {
    return Cosignature.sign(checkpoint.signed().text(), key, pair.signing(), NOW);
  }

  @Test
  void aCosignatureIsTakenAndWhatElseIsSaidIsNot() throws IOException {
    String stranger = "\u2014 stranger AAAAAAAA\n";
    answers(200, stranger + cosignature().line());

    assertThat(ask())
        .isEqualTo(new WitnessClient.Answer.Signed(checkpoint.plus(List.of(cosignature())), NOW));
    assertThat(asked).containsExactly("POST /w/add-checkpoint " + request.body());
    assertThat(contentType).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void anotherSizeIsHeard() throws IOException {
    answers(409, "7\n");
    assertThat(ask()).isEqualTo(new WitnessClient.Answer.OtherSize(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "409 | many | its answer is none",
        "409 | -7 | its answer is none",
        "403 | no | it does not trust this log's key",
        "404 | no | it does not know this log",
        "422 | no | it has seen another history of this log than the one here",
        "400 | no | it answered with status 400",
        "500 | no | it answered with status 500",
        "503 | '' | it answered with status 503",
        "302 | '' | it answered with status 302",
        "200 | nonsense | its answer is none",
        "200 | '' | its answer is none"
      })
  void whatIsNoCosignatureIsAFailureThatSaysWhat(int code, String body, String why) {
    answers(code, body);
    assertThatThrownBy(this::ask).isInstanceOf(IOException.class).hasMessageContaining(why);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aCosignatureOfAnotherKeyOrOverOtherWordsIsNone() {
    SigningKey.Pair other = SigningKey.generate();
    String text = checkpoint.signed().text();
    answers(200, Cosignature.sign(text, key, other.signing(), NOW).line());
    assertThatThrownBy(this::ask).hasMessageContaining("no cosignature of its key");
    answers(200, Cosignature.sign(text + "more\n", key, pair.signing(), NOW).line());
    assertThatThrownBy(this::ask).hasMessageContaining("no cosignature of its key");
    NoteKey renamed = new NoteKey("other", NoteKey.Use.WITNESS, pair.verifying());
    answers(200, Cosignature.sign(text, renamed, pair.signing(), NOW).line());
    assertThatThrownBy(this::ask).hasMessageContaining("no cosignature of its key");
  }

  @Test
  void anAnswerHasAnEndAndIsText() {
    answers(200, "x".repeat(1 << 16));
    assertThatThrownBy(this::ask).hasMessageContaining("its answer is none");
    answers(200, "x".repeat((1 << 16) + 1));
    assertThatThrownBy(this::ask).hasMessageContaining("its answer is longer than 64 KB");
    answer = new byte[] {(byte) 0xff, 'x'};
    assertThatThrownBy(this::ask).hasMessageContaining("this is no text in UTF-8");
  }

  @Test
  void anAnswerMayComeInPieces() throws IOException {
    inPieces = true;
    answers(200, ("\u2014 " + "s".repeat(400) + " AAAAAAAA\n").repeat(60) + cosignature().line());
    assertThat(ask()).isInstanceOf(WitnessClient.Answer.Signed.class);
    answers(200, "x".repeat((1 << 16) + 1));
    assertThatThrownBy(this::ask).hasMessageContaining("its answer is longer than 64 KB");
  }

  @Test
  void aWitnessThatIsNotThereIsAFailure() {
    server.stop(0);
    assertThatThrownBy(this::ask).isInstanceOf(IOException.class);
  }

  private Checkpoint newest() {
    return WitnessClient.newest(new WitnessPolicy.Witness(key, url()), log);
  }

  @Test
  void theNewestCheckpointIsAskedForByTheHashOfTheLogsName() {
    Checkpoint signed = checkpoint.plus(List.of(cosignature()));
    answers(200, signed.note());
    assertThat(newest()).isEqualTo(signed);
    assertThat(asked)
        .containsExactly(
            "GET /w/%s/checkpoint "
                .formatted(Sha256.hex(log.name().getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void aNewestCheckpointThatNotBothSignedIsNone() {
    answers(200, checkpoint.note());
    assertThatThrownBy(this::newest)
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "the witness w could not be asked: its checkpoint is not signed by the log and by"
                + " itself");
    String text = checkpoint.signed().text();
    answers(200, new SignedNote(text, List.of(cosignature())).note());
    assertThatThrownBy(this::newest).hasMessageContaining("is not signed by the log");
    answers(200, "nonsense");
    assertThatThrownBy(this::newest).isInstanceOf(BadInputException.class);
    asked.clear();
    answers(302, "");
    assertThatThrownBy(this::newest).hasMessageContaining("status 302");
    assertThat(asked).hasSize(1);
    answers(201, checkpoint.plus(List.of(cosignature())).note());
    assertThatThrownBy(this::newest).hasMessageContaining("status 201");
    assertThatThrownBy(() -> WitnessClient.newest(new WitnessPolicy.Witness(key, null), log))
        .isInstanceOf(BadInputException.class)
        .hasMessage("the witness w has no URL to ask at");
  }
}
