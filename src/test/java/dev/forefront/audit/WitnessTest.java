package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a witness answers, to the letter of C2SP tlog-witness. */
class WitnessTest {
  private static final String NAME = "example.org/w1";
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir Path state;
  private final SigningKey.Pair pair = SigningKey.generate();
  private final NoteKey log = NoteKey.ofLog(pair.verifying());
  private final List<byte[]> leaves =
      IntStream.range(0, 20).mapToObj(i -> MerkleTree.leaf(new byte[] {(byte) i})).toList();
  private Witness witness;

  @BeforeEach
  void openWitness() {
    witness = Witness.open(state, NAME, List.of(log), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private byte[] root(long from, long to) {
    return tree(leaves.subList((int) from, (int) to)).root();
  }

  private static MerkleTree tree(List<byte[]> leaves) {
    MerkleTree tree = new MerkleTree();
    leaves.forEach(tree::append);
    return tree;
  }

  private Checkpoint checkpoint(int size) {
    return Checkpoint.sign(tree(leaves.subList(0, size)), pair.verifying(), pair.signing());
  }

  private Witness.Answer ask(long old, int size) {
    return ask(
        new WitnessRequest(old, MerkleProof.consistency(this::root, old, size), checkpoint(size)));
  }

  private Witness.Answer ask(WitnessRequest request) {
    return witness.add(request.body().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void cosignsWhatContinuesWhatItSaw() {
    for (int size = 1, old = 0; size <= 20; old = size, size += 3) {
      Witness.Answer answer = ask(old, size);
      assertThat(answer.status()).isEqualTo(200);
      Checkpoint signed = checkpoint(size).plus(SignedNote.signatures(answer.body()));
      assertThat(signed.cosigned(witness.key())).contains(NOW);
      String kept = witness.newest(WitnessClient.originHash(log.name())).orElseThrow();
      assertThat(kept).isEqualTo(signed.note());
    }
    assertThat(ask(19, 19).status()).isEqualTo(200);
  }

  @Test
  void saysWhatItHasWhereTheOldSizeIsStale() {
    assertThat(ask(5, 9)).isEqualTo(new Witness.Answer(409, "0\n"));
    assertThat(ask(0, 9).status()).isEqualTo(200);
    assertThat(ask(0, 12)).isEqualTo(new Witness.Answer(409, "9\n"));
    assertThat(ask(5, 12)).isEqualTo(new Witness.Answer(409, "9\n"));
    assertThat(ask(5, 7)).isEqualTo(new Witness.Answer(409, "9\n"));
  }

  @Test
  void refusesAnotherHistory() {
    assertThat(ask(0, 9).status()).isEqualTo(200);
    MerkleTree forked = tree(leaves.subList(1, 13));
    Checkpoint fork = Checkpoint.sign(forked, pair.verifying(), pair.signing());
    List<byte[]> proof = MerkleProof.consistency(this::root, 9, 12);
    assertThat(ask(new WitnessRequest(9, proof, fork)).status()).isEqualTo(422);
    Checkpoint same =
        Checkpoint.sign(tree(leaves.subList(1, 10)), pair.verifying(), pair.signing());
    assertThat(ask(new WitnessRequest(9, List.of(), same)).status()).isEqualTo(422);
    assertThat(ask(new WitnessRequest(9, List.of(), checkpoint(12))).status()).isEqualTo(422);
    assertThat(ask(9, 12).status()).isEqualTo(200);
  }

  @Test
  void aProofFromNothingMustBeEmptyAndAnEmptyTreeHasOneRoot() {
    WitnessRequest filled = new WitnessRequest(0, List.of(new byte[32]), checkpoint(3));
    assertThat(ask(filled).status()).isEqualTo(422);
    Checkpoint empty = Checkpoint.sign(new MerkleTree(), pair.verifying(), pair.signing());
    assertThat(ask(new WitnessRequest(0, List.of(), empty)).status()).isEqualTo(200);
    String text = log.name() + "\n0\n" + Base64.getEncoder().encodeToString(new byte[32]) + "\n";
    SignedNote.Signature line =
        new SignedNote.Signature(
            log.name(), log.id(), pair.signing().sign(text.getBytes(StandardCharsets.UTF_8)));
    Checkpoint odd = Checkpoint.parse(new SignedNote(text, List.of(line)).note());
    assertThat(ask(new WitnessRequest(0, List.of(), odd)).status()).isEqualTo(422);
  }

  @Test
  void refusesLogsAndKeysThatItDoesNotKnow() {
    SigningKey.Pair stranger = SigningKey.generate();
    Checkpoint unknown = Checkpoint.sign(tree(leaves), stranger.verifying(), stranger.signing());
    assertThat(ask(new WitnessRequest(0, List.of(), unknown)).status()).isEqualTo(404);
    Checkpoint mine = checkpoint(3);
    SignedNote.Signature its = mine.signed().signatures().getFirst();
    byte[] false1 = its.bytes().clone();
    false1[0] ^= 1;
    SignedNote.Signature wrong = new SignedNote.Signature(its.name(), its.id(), false1);
    String text = mine.signed().text();
    Checkpoint forged = Checkpoint.parse(new SignedNote(text, List.of(wrong)).note());
    assertThat(ask(new WitnessRequest(0, List.of(), forged)).status()).isEqualTo(403);
    Checkpoint both = Checkpoint.parse(new SignedNote(text, List.of(its, wrong)).note());
    assertThat(ask(new WitnessRequest(0, List.of(), both)).status()).isEqualTo(403);
    SignedNote.Signature other = new SignedNote.Signature("other", 7, false1);
    Checkpoint more = Checkpoint.parse(new SignedNote(text, List.of(other, its)).note());
    Witness.Answer answer = ask(new WitnessRequest(0, List.of(), more));
    assertThat(answer.status()).isEqualTo(200);
    // What it cannot check it does not pass on.
    assertThat(keptNote()).doesNotContain("other").contains(its.line());
  }

  private String keptNote() {
    return witness.newest(WitnessClient.originHash(log.name())).orElseThrow();
  }

  @Test
  void refusesWhatIsNoRequest() {
    String good = new WitnessRequest(0, List.of(), checkpoint(3)).body();
    String hash = Base64.getEncoder().encodeToString(new byte[32]) + "\n";
    for (String body :
        List.of(
            "",
            "old 0",
            good.replace("old 0", "old 00"),
            good.replace("old 0", "old -1"),
            good.replace("old 0", "new 0"),
            good.replace("old 0\n", "old 0\nAAAA\n"),
            good.replace("old 0\n", "old 0\n" + hash.repeat(64)),
            good.replace("\n3\n", "\n03\n"),
            good.substring(0, good.length() - 1))) {
      assertThat(witness.add(body.getBytes(StandardCharsets.UTF_8)).status())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(ask(new WitnessRequest(4, List.of(), checkpoint(3))).status()).isEqualTo(400);
    assertThat(witness.add(new byte[] {(byte) 0xff, 'o'}).status()).isEqualTo(400);
    assertThat(
            witness
                .add(
                    good.replace("old 0\n", "old 0\n" + hash.repeat(63))
                        .getBytes(StandardCharsets.UTF_8))
                .status())
        .isEqualTo(422);
  }

  @Test
  void remembersAfterARestart() {
    assertThat(ask(0, 9).status()).isEqualTo(200);
    NoteKey key = witness.key();
    assertThatThrownBy(() -> Witness.open(state, NAME, List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("another process");
    witness.close();
    assertThatThrownBy(() -> Witness.open(state, "other", List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not of other");
    NoteKey second = NoteKey.ofLog(SigningKey.generate().verifying());
    witness = Witness.open(state, NAME, List.of(second));
    assertThat(witness.key()).isEqualTo(key);
    assertThat(witness.logs()).containsExactly(log, second);
    assertThat(ask(0, 12)).isEqualTo(new Witness.Answer(409, "9\n"));
    assertThat(ask(9, 12).status()).isEqualTo(200);
    witness.close();
    assertThatThrownBy(() -> Witness.open(state, NAME, List.of(key)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not of a log");
  }

  @Test
  void speaksHttp() throws Exception {
    try (WitnessServer server = WitnessServer.start(witness, "127.0.0.1", 0);
        HttpClient http = HttpClient.newHttpClient()) {
      String at = "http://127.0.0.1:" + server.port();
      String good = new WitnessRequest(0, List.of(), checkpoint(3)).body();
      HttpResponse<String> signed = post(http, at + "/add-checkpoint", good);
      assertThat(signed.statusCode()).isEqualTo(200);
      assertThat(signed.body()).startsWith("\u2014 " + NAME + " ").endsWith("\n");
      HttpResponse<String> stale = post(http, at + "/add-checkpoint", good);
      assertThat(stale.statusCode()).isEqualTo(409);
      assertThat(stale.headers().firstValue("content-type")).contains("text/x.tlog.size");
      assertThat(stale.body()).isEqualTo("3\n");
      String hash = WitnessClient.originHash(log.name());
      HttpResponse<String> kept = get(http, at + "/" + hash + "/checkpoint");
      assertThat(kept.statusCode()).isEqualTo(200);
      assertThat(Checkpoint.parse(kept.body()).cosigned(witness.key())).isPresent();
      assertThat(get(http, at + "/" + "0".repeat(64) + "/checkpoint").statusCode()).isEqualTo(404);
      assertThat(get(http, at + "/../witness-key.pem").statusCode()).isEqualTo(404);
      assertThat(get(http, at + "/add-checkpoint").statusCode()).isEqualTo(405);
      assertThat(post(http, at + "/add-checkpoint", "x".repeat(70_000)).statusCode())
          .isEqualTo(400);
      WitnessPolicy.Witness itself = new WitnessPolicy.Witness(witness.key(), URI.create(at));
      assertThat(WitnessClient.newest(itself, log).size()).isEqualTo(3);
      Files.delete(state.resolve(hash + ".checkpoint"));
      assertThatThrownBy(() -> WitnessClient.newest(itself, log))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("404");
      assertThatThrownBy(() -> WitnessServer.start(witness, "127.0.0.1", server.port()))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("can listen");
    }
  }

  private static HttpResponse<String> post(HttpClient http, String url, String body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(HttpClient http, String url) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFolderThatCannotBeReadIsNotHeldAndAKeyThatWasNotPublishedIsMadeAnew() throws IOException {
    witness.close();
    Path published = state.resolve("witness.vkey");
    Files.delete(published);
    Files.createDirectory(published);
    assertThatThrownBy(() -> Witness.open(state, NAME, List.of()))
        .isInstanceOf(UncheckedIOException.class);
    Files.delete(published);
    try (Witness anew = Witness.open(state, NAME, List.of())) {
      assertThat(anew.key()).isNotEqualTo(witness.key());
      assertThat(anew.logs()).containsExactly(log);
    }
  }

  @Test
  void onlyCheckpointsAreGivenOut() throws IOException {
    Files.writeString(state.resolve("kept.checkpoint"), "not for others");
    assertThat(witness.newest("kept")).isEmpty();
  }

  @Test
  void aFolderThatCannotBeReadIsSaidToWhoAsks() throws Exception {
    String hash = WitnessClient.originHash(log.name());
    Files.createDirectory(state.resolve(hash + ".checkpoint"));
    try (WitnessServer server = WitnessServer.start(witness, "127.0.0.1", 0);
        HttpClient http = HttpClient.newHttpClient()) {
      String at = "http://127.0.0.1:" + server.port();
      String body = new WitnessRequest(0, List.of(), checkpoint(3)).body();
      for (HttpResponse<String> answer :
          List.of(
              get(http, at + "/" + hash + "/checkpoint"),
              post(http, at + "/add-checkpoint", body))) {
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("the witness cannot read or write its folder\n");
      }
    }
  }

  @Test
  void aRequestHasAtMostSixtyFourKilobytes() throws Exception {
    try (WitnessServer server = WitnessServer.start(witness, "127.0.0.1", 0);
        HttpClient http = HttpClient.newHttpClient()) {
      String at = "http://127.0.0.1:" + server.port() + "/add-checkpoint";
      HttpResponse<String> largest = post(http, at, "x".repeat(1 << 16));
      assertThat(largest.statusCode()).isEqualTo(400);
      assertThat(largest.body()).doesNotContain("64 KB");
      assertThat(largest.headers().firstValue("content-type"))
          .contains("text/plain; charset=utf-8");
      HttpResponse<String> larger = post(http, at, "x".repeat((1 << 16) + 1));
      assertThat(larger.statusCode()).isEqualTo(400);
      assertThat(larger.body()).isEqualTo("a request has at most 64 KB\n");
    }
  }

  @Test
  void whoSendsHalfARequestHoldsNobodyUpAndAClosedServerLetsAllGo() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    WitnessServer server = WitnessServer.start(witness, "127.0.0.1", 0);
    int port = server.port();
    try (Socket half = new Socket("127.0.0.1", port);
        HttpClient http = HttpClient.newHttpClient()) {
      half.getOutputStream()
          .write(
              "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\nhalf"
                  .getBytes(StandardCharsets.US_ASCII));
      // Two, so that one comes after the half.
      for (int i = 0; i < 2; i++) {
        assertThat(get(http, "http://127.0.0.1:" + port + "/nothing").statusCode()).isEqualTo(404);
      }
      List<Thread> its =
          Thread.getAllStackTraces().keySet().stream()
              .filter(one -> !before.contains(one))
              .filter(one -> one.getName().startsWith("forefront-witness-"))
              .toList();
      assertThat(its).isNotEmpty();
      server.close();
      for (Thread one : its) {
        assertThat(one.join(Duration.ofSeconds(30))).as(one.getName()).isTrue();
      }
    }
    assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
        .isInstanceOf(ConnectException.class);
  }
}
