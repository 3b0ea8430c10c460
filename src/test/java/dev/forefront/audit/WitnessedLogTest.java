package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.forefront.audit.Verification.Broken;
import dev.forefront.audit.Verification.Intact;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log and its witness, over real sockets. */
class WitnessedLogTest {
  private static final WitnessThread.Pace QUICK =
      new WitnessThread.Pace(Duration.ofSeconds(5), Duration.ofMillis(1));

  @TempDir Path folder;
  private Path log;
  private Witness witness;
  private WitnessServer server;

  @BeforeEach
  void startBoth() {
    log = folder.resolve("audit");
    NoteKey key;
    try (AuditLog begun = AuditLog.open(log)) {
      key = begun.verifierKey();
    }
    witness = Witness.open(folder.resolve("witness"), "example.org/w1", List.of(key));
    server = WitnessServer.start(witness, "127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    server.close();
    witness.close();
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private WitnessPolicy policy(URI url) {
    return new WitnessPolicy(
        List.of(), Map.of("w", new WitnessPolicy.Witness(witness.key(), url)), Map.of(), "w");
  }

  private AuditLog open(Path where, URI url) {
    return AuditLog.open(where, policy(url), QUICK, Clock.systemUTC(), UnaryOperator.identity());
  }

  private Pins demanded() {
    return new Pins(null, List.of(), WitnessPolicy.all(List.of(witness.key())));
  }

  private static void fill(AuditLog log, String text, int count) {
    for (int i = 0; i < count; i++) {
      log.append("reply", Map.of("i", i, "text", text));
    }
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    for (int i = 0; i < 2000 && !done.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(done.getAsBoolean()).isTrue();
  }

  @Test
  void aClosedLogIsCosignedToItsLastCheckpoint() {
    assertThat(AuditLog.verify(log, demanded())).isInstanceOf(Broken.class);
    for (int round = 0; round < 3; round++) {
      try (AuditLog open = open(log, url())) {
        fill(open, "round", 90);
      }
    }
    assertThat(AuditLog.verify(log, demanded()))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.witnessedEntries()).isEqualTo(intact.covered());
              assertThat(intact.witnessed())
                  .extracting(Verification.Witnessed::witness, Verification.Witnessed::size)
                  .containsExactly(tuple("example.org/w1", intact.covered()));
            });
    NoteKey stranger =
        new NoteKey("example.org/w1", NoteKey.Use.WITNESS, SigningKey.generate().verifying());
    assertThat(
            AuditLog.verify(log, new Pins(null, List.of(), WitnessPolicy.all(List.of(stranger)))))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).contains("example.org/w1"));
    Proof proof = AuditLog.prove(log, 7);
    assertThat(proof.holds(key(), demanded().witnesses())).isTrue();
    assertThat(proof.holds(key(), WitnessPolicy.all(List.of(stranger)))).isFalse();
  }

  @Test
  void whoAsksAWitnessEndsWithTheLog() throws Exception {
    String name = "forefront-witness-" + witness.key().name();
    BooleanSupplier asks =
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(name));
    try (AuditLog open = open(log, url())) {
      await(() -> open.witnesses().getFirst().size() > 0);
      assertThat(asks.getAsBoolean()).isTrue();
    }
    await(() -> !asks.getAsBoolean());
  }

  private VerifyingKey key() {
    return VerifyingKey.ofBase64(((Intact) AuditLog.verify(log)).publicKey());
  }

  @Test
  void aLogOfWhichTheWitnessKnowsMoreIsFoundWhateverWasSetBack() throws Exception {
    try (AuditLog open = open(log, url())) {
      fill(open, "one", 20);
    }
    Path early = copy(log, "early");
    try (AuditLog open = open(log, url())) {
      fill(open, "two", 20);
    }
    NoteKey key = NoteKey.ofLog(key());
    Checkpoint seen = WitnessClient.newest(new WitnessPolicy.Witness(witness.key(), url()), key);

    assertThat(AuditLog.verify(early, demanded())).isInstanceOf(Intact.class);
    assertThat(AuditLog.verify(early, new Pins(null, List.of(seen))))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).contains("missing at the end"));
    try (AuditLog open = open(early, url())) {
      await(() -> !open.witnesses().getFirst().failure().isEmpty());
      assertThat(open.witnesses().getFirst().failure()).contains("entries are missing");
    }
  }

  @Test
  void aForkIsNotCosignedAndIsFound() throws Exception {
    try (AuditLog open = open(log, url())) {
      fill(open, "one", 20);
    }
    Path fork = copy(log, "fork");
    try (AuditLog open = open(log, url())) {
      fill(open, "two", 20);
    }
    try (AuditLog unwitnessed = AuditLog.open(fork)) {
      fill(unwitnessed, "three", 30);
    }
    try (AuditLog open = open(fork, url())) {
      await(() -> open.witnesses().getFirst().failure().contains("another history"));
    }
    List<String> failures = new ArrayList<>();
    assertThat(
            AuditLog.read(
                fork,
                Pins.NONE,
                entry -> {
                  if (entry.kind().equals("witness")) {
                    failures.add(entry.fields().path("failure").asString());
                  }
                }))
        .isInstanceOf(Intact.class);
    assertThat(failures).isNotEmpty().last().asString().contains("another history");
    Checkpoint seen =
        WitnessClient.newest(new WitnessPolicy.Witness(witness.key(), url()), NoteKey.ofLog(key()));
    assertThat(AuditLog.verify(fork, new Pins(null, List.of(seen))))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).contains("another history"));
    // What the witness cosigned before lies beside the log and is held against it too.
    Files.write(
        fork.resolve("cosigned/other.checkpoint"), seen.note().getBytes(StandardCharsets.UTF_8));
    assertThat(AuditLog.verify(fork)).isInstanceOf(Broken.class);
  }

  @Test
  void theOldSizeIsLearntFromTheWitnessWhereItIsLost() throws IOException {
    try (AuditLog open = open(log, url())) {
      fill(open, "one", 20);
    }
    deleteAll(log.resolve("cosigned"));
    try (AuditLog open = open(log, url())) {
      fill(open, "two", 20);
    }
    assertThat(AuditLog.verify(log, demanded())).isInstanceOf(Intact.class);
  }

  @Test
  void aWitnessThatIsAwayHoldsNothingUpAndIsAskedAgain() throws Exception {
    URI url = url();
    server.close();
    try (AuditLog open = open(log, url)) {
      fill(open, "one", 20);
      await(() -> !open.witnesses().getFirst().failure().isEmpty());
      assertThat(open.isHealthy()).isTrue();
      server = WitnessServer.start(witness, "127.0.0.1", url.getPort());
      await(() -> open.witnesses().getFirst().failure().isEmpty());
      assertThat(open.witnesses().getFirst().size()).isPositive();
      assertThat(open.witnesses().getFirst().cosignedAt()).isPresent();
    }
    assertThat(AuditLog.verify(log, demanded())).isInstanceOf(Intact.class);
  }

  @Test
  void aWitnessThatNeverAnswersHoldsNothingUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      WitnessThread.Pace pace =
          new WitnessThread.Pace(Duration.ofMillis(300), Duration.ofMillis(1));
      try (AuditLog open =
          AuditLog.open(log, policy(url), pace, Clock.systemUTC(), UnaryOperator.identity())) {
        fill(open, "one", 20);
        await(() -> !open.witnesses().getFirst().failure().isEmpty());
      }
    }
    assertThat(AuditLog.verify(log)).isInstanceOf(Intact.class);
  }

  /** Each byte comes in time, and the answer never ends. */
  @Test
  @Timeout(120)
  void aWitnessThatDripsItsAnswerHoldsNoCloseUp() throws Exception {
    try (ServerSocket dripping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CountDownLatch begun = new CountDownLatch(1);
      FutureTask<Boolean> drips =
          new FutureTask<>(
              () -> {
                try (Socket socket = dripping.accept();
                    OutputStream out = socket.getOutputStream()) {
                  out.write("HTTP/1.1 200 OK\r\nX-Endless: ".getBytes(StandardCharsets.UTF_8));
                  while (!dripping.isClosed()) {
                    out.write('x');
                    begun.countDown();
                    Thread.sleep(20);
                  }
                  return true;
                }
              });
      Thread.ofPlatform().daemon().start(drips);
      URI url = URI.create("http://127.0.0.1:" + dripping.getLocalPort());
      WitnessThread.Pace pace =
          new WitnessThread.Pace(Duration.ofMillis(300), Duration.ofMillis(1));
      AuditLog open =
          AuditLog.open(log, policy(url), pace, Clock.systemUTC(), UnaryOperator.identity());
      begun.await();
      open.close();
    }
    assertThat(AuditLog.verify(log)).isInstanceOf(Intact.class);
  }

  @Test
  void aCosignedFileThatIsNoneIsFound() throws IOException {
    try (AuditLog open = open(log, url())) {
      fill(open, "one", 5);
    }
    Path file = Cosigned.file(log.resolve("cosigned"), witness.key());
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(file, flipped);
      assertThat(AuditLog.verify(log, demanded())).as("byte %d", i).isInstanceOf(Broken.class);
    }
    Files.write(file, "nonsense".getBytes(StandardCharsets.UTF_8));
    assertThat(AuditLog.verify(log)).isInstanceOf(Broken.class);
    assertThatThrownBy(() -> AuditLog.open(log).close()).isInstanceOf(BadInputException.class);
  }

  @Test
  void aCosignedCheckpointOfAnotherLogIsNamedAsSuch() throws IOException {
    NoteKey other;
    Path others = folder.resolve("others");
    try (AuditLog begun = AuditLog.open(others)) {
      other = begun.verifierKey();
    }
    Checkpoint foreign = Checkpoint.parse(Files.readString(others.resolve("checkpoint")));
    assertThat(foreign.isSignedBy(other)).isTrue();
    Cosigned.write(log.resolve("cosigned"), witness.key(), foreign);
    assertThat(AuditLog.verify(log))
        .isEqualTo(
            new Broken(0, "a checkpoint that a witness cosigned is not signed by this log's key"));
  }

  @Test
  void whatWasCosignedBeforeIsKnownWhileTheWitnessIsAway() throws Exception {
    try (AuditLog open = open(log, url())) {
      fill(open, "one", 20);
    }
    Intact before = (Intact) AuditLog.verify(log, demanded());
    URI url = url();
    server.close();
    try (AuditLog open = open(log, url)) {
      await(() -> !open.witnesses().getFirst().failure().isEmpty());
      WitnessStatus status = open.witnesses().getFirst();
      assertThat(status.size()).isEqualTo(before.witnessedEntries()).isPositive();
      assertThat(status.cosignedAt()).isPresent();
    }
  }

  @Test
  void aWitnessThatNamesAnotherSizeEachTimeIsAskedNoThirdTime() throws Exception {
    List<WitnessRequest> asked = new CopyOnWriteArrayList<>();
    HttpServer fickle =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    fickle.createContext(
        "/",
        exchange -> {
          try (exchange) {
            asked.add(
                WitnessRequest.parse(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            // As much as it is shown, which is no more than there is.
            byte[] size =
                (asked.getLast().checkpoint().size() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(409, size.length);
            exchange.getResponseBody().write(size);
          }
        });
    fickle.start();
    WitnessThread.Pace patient =
        new WitnessThread.Pace(Duration.ofSeconds(20), Duration.ofMinutes(10));
    URI url = URI.create("http://127.0.0.1:" + fickle.getAddress().getPort());
    AuditLog open =
        AuditLog.open(log, policy(url), patient, Clock.systemUTC(), UnaryOperator.identity());
    try {
      await(() -> !open.witnesses().getFirst().failure().isEmpty());
      assertThat(open.witnesses().getFirst().failure())
          .isEqualTo("it has cosigned another size each time it was asked");
      // However often it fails, it is not asked again at once.
      Thread.sleep(200);
      assertThat(asked).extracting(WitnessRequest::old).containsExactly(0L, 1L);
    } finally {
      open.close();
      fickle.stop(0);
    }
    // And once more at the end.
    assertThat(asked).hasSize(4);
  }

  @Test
  void aFailureIsKeptInPartAndRecordedOnce() throws Exception {
    String path = "/" + "long".repeat(100);
    try (AuditLog open = open(log, URI.create("file://" + path))) {
      await(() -> !open.witnesses().getFirst().failure().isEmpty());
      assertThat(open.witnesses().getFirst())
          .isEqualTo(
              new WitnessStatus("example.org/w1", 0, null, ("file://" + path).substring(0, 200)));
    }
    List<Entry> failures = new ArrayList<>();
    AuditLog.read(
        log,
        Pins.NONE,
        entry -> {
          if (entry.kind().equals("witness")) {
            failures.add(entry);
          }
        });
    assertThat(failures)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.fields().path("name").asString()).isEqualTo("example.org/w1");
              assertThat(entry.fields().path("cosigned").asLong(-1)).isZero();
              assertThat(entry.fields().path("failure").asString()).hasSize(200);
            });
  }

  @Test
  void aPolicyThatListsOtherLogsAloneIsNotMet() {
    NoteKey other = NoteKey.ofLog(SigningKey.generate().verifying());
    WitnessPolicy policy = new WitnessPolicy(List.of(other), Map.of(), Map.of(), "none");
    assertThat(AuditLog.verify(log, new Pins(null, List.of(), policy)))
        .isInstanceOfSatisfying(
            Broken.class, broken -> assertThat(broken.reason()).contains("does not list"));
    WitnessPolicy mine =
        new WitnessPolicy(List.of(NoteKey.ofLog(key())), Map.of(), Map.of(), "none");
    assertThat(AuditLog.verify(log, new Pins(null, List.of(), mine))).isInstanceOf(Intact.class);
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Test
  void aNewCheckpointIsCosignedWhileTheLogIsOpen() throws Exception {
    try (AuditLog open =
        AuditLog.open(log, policy(url()), QUICK, Clock.systemUTC(), Unsynced.writing(log))) {
      await(() -> open.witnesses().getFirst().size() > 0);
      fill(open, "one", Committer.CHECKPOINT_AFTER + 1);
      await(() -> open.witnesses().getFirst().size() > Committer.CHECKPOINT_AFTER);
      assertThat(open.witnesses().getFirst().failure()).isEmpty();
    }
    assertThat(AuditLog.verify(log, demanded())).isInstanceOf(Intact.class);
  }

  @Test
  void aWitnessWithoutAnAddressIsNotAsked() {
    WitnessPolicy policy =
        new WitnessPolicy(
            List.of(), Map.of("w", new WitnessPolicy.Witness(witness.key(), null)), Map.of(), "w");
    try (AuditLog open =
        AuditLog.open(log, policy, QUICK, Clock.systemUTC(), UnaryOperator.identity())) {
      fill(open, "one", 2);
      assertThat(open.witnesses()).isEmpty();
    }
    assertThat(AuditLog.verify(log)).isInstanceOf(Intact.class);
  }

  @Test
  void whoIsInterruptedWhileALogWaitsForItsWitnessHearsSo() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI url = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      AuditLog open = open(log, url);
      Thread.currentThread().interrupt();
      open.close();
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(AuditLog.verify(log)).isInstanceOf(Intact.class);
  }
}
