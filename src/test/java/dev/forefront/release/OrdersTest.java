package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersTest {

  @TempDir Path folder;
  private World world;
  private Registry registry;
  private Release release;

  @BeforeEach
  void letOneOut() {
    world = new World(folder);
    registry = world.released("good");
    release = Release.open(world.registryFolder, "good");
    assertThat(release.standing()).isEqualTo(new Standing.Serving());
  }

  @Test
  void anyOneKeyStopsEverythingAndTheReasonIsKnown() {
    for (int i = 0; i < 3; i++) {
      World other = new World(folder.resolve("world" + i));
      Registry there = other.released("good");
      Release out = Release.open(other.registryFolder, "good");
      there.orders().stop("a test", SigningKey.read(other.keys().get(i)));

      assertThat(out.standing())
          .isEqualTo(
              new Standing.Stopped(
                  "all is stopped by demo-%d: a test".formatted(i + 1), "demo-" + (i + 1)));
      assertThat(there.orders().standing("good")).isEqualTo(out.standing());
    }
  }

  @Test
  void aStopSurvivesARestartAndClosesWhatIsOpenedAnew() {
    registry.orders().stop("a test", key(2));

    assertThatThrownBy(() -> Release.open(world.registryFolder, "good"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("all is stopped by demo-3: a test");
    assertThat(GateTest.reasons(Registry.at(world.registryFolder).open("good")))
        .containsExactly("all is stopped by demo-3: a test");
    assertThat(registry.list()).extracting(Listing::state).containsExactly(Listing.State.STOPPED);
  }

  @Test
  void aStopOfOneReleaseLeavesTheOthers() {
    world.released("other");
    Release other = Release.open(world.registryFolder, "other");
    registry.stop("other", "a test", key(0));

    assertThat(stopped(other).reason()).isEqualTo("it is stopped by demo-1: a test");
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
    assertThatThrownBy(() -> registry.stop("nobody", "a test", key(0)))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> registry.stop("../x", "a test", key(0)))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void onlyTheQuorumResumes() {
    registry.orders().stop("a test", key(0));

    Signatures one = registry.orders().resume("all is well", key(0));
    assertThat(one.isEnough()).isFalse();
    assertThat(one.missing()).isEqualTo("too few signatures: 1 of 2");
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
    assertThatThrownBy(() -> registry.orders().resume("all is well", key(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one key counts once");
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);

    Signatures two = registry.orders().resume("all is well", key(1));
    assertThat(two.isEnough()).isTrue();
    assertThat(two.signers()).containsExactly("demo-1", "demo-2");
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
    GateTest.admitted(registry.open("good"));
    assertThat(world.registryFolder.resolve("pending")).isEmptyDirectory();
  }

  @Test
  void toResumeEverythingDoesNotLiftTheStopOfOneRelease() {
    registry.stop("good", "one", key(0));
    registry.orders().stop("all", key(1));
    resume("");
    assertThat(stopped(release).reason()).isEqualTo("it is stopped by demo-1: one");
    resume("good");
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
  }

  @Test
  void aNewStopMakesSignaturesVoidThatWereGatheredBefore() {
    registry.orders().stop("first", key(0));
    registry.orders().resume("well", key(0));
    registry.orders().stop("second", key(2));

    assertThat(registry.orders().resume("well", key(1)).isEnough()).isFalse();
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
    assertThat(registry.orders().resume("well", key(0)).isEnough()).isTrue();
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
  }

  @Test
  void whoSignsToResumeSignsTheReasonThatOthersSigned() {
    registry.orders().stop("first", key(0));
    registry.orders().resume("the alarm was false", key(0));

    assertThatThrownBy(() -> registry.orders().resume("something else", key(1)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the alarm was false");
  }

  @Test
  void nothingIsResumedThatIsNotStopped() {
    assertThatThrownBy(() -> registry.orders().resume("well", key(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the registry as a whole is not stopped");
    assertThatThrownBy(() -> registry.orders().resume("good", "well", key(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("\"good\" is not stopped");
  }

  @Test
  void aStrangerStopsNothingAndResumesNothing() {
    SigningKey stranger = SigningKey.generate().signing();
    assertThatThrownBy(() -> registry.orders().stop("a test", stranger))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key of no member");
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
    registry.orders().stop("a test", key(0));
    assertThatThrownBy(() -> registry.orders().resume("well", stranger))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void aReasonIsOneLineThatSaysSomething() {
    for (String reason : List.of("", "  ", "a\nb", "\u001b[2J", "x".repeat(501))) {
      assertThatThrownBy(() -> registry.orders().stop(reason, key(0)))
          .isInstanceOf(BadInputException.class);
    }
    registry.orders().stop("x".repeat(500), key(0));
    assertThatThrownBy(() -> registry.orders().adopt(world.policy, " ", key(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("have a reason");
    assertThatThrownBy(() -> registry.orders().resume(" ", key(0)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("have a reason");
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
  }

  @Test
  void aRevocationReachesWhatIsServedAndIsNotLifted() {
    registry.revoke("good", "invents doses", key(1));

    assertThat(release.standing())
        .isEqualTo(new Standing.Stopped("it is revoked: invents doses", "demo-2"));
    assertThatThrownBy(() -> registry.orders().resume("good", "well", key(0)))
        .isInstanceOf(BadInputException.class);
    assertThat(registry.list()).extracting(Listing::state).containsExactly(Listing.State.REVOKED);
  }

  @Test
  void whoSawAStopNoticesThatItIsTakenAway() throws IOException {
    registry.orders().stop("a test", key(0));
    assertThat(release.standing()).isInstanceOf(Standing.Stopped.class);
    Files.delete(order(1));

    assertThat(stopped(release).reason()).contains("are gone or rewritten");
  }

  @Test
  void aPinNoticesThatAStopWasTakenAwayWhileNothingRan() throws IOException {
    Path pin = folder.resolve("server/registry.pin");
    registry.orders().stop("first", key(0));
    resume("");
    Release.open(world.registryFolder, "good", pin);
    registry.orders().stop("second", key(0));
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("stopped by demo-1: second");
    Files.delete(order(3));

    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("remembers 4 orders of this registry that are gone or rewritten");
    Files.writeString(pin, "{}");
    assertThatThrownBy(() -> Release.open(world.registryFolder, "good", pin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is no pin of a registry");
  }

  @Test
  void anOrderTakenOutOfTheMiddleStopsEverything() throws IOException {
    registry.orders().stop("first", key(0));
    resume("");
    registry.stop("good", "second", key(1));
    resume("good");
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);
    List<byte[]> orders = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      orders.add(Files.readAllBytes(order(i)));
    }
    for (int gone = 1; gone <= 4; gone++) {
      Files.delete(order(gone));
      assertThat(GateTest.reasons(registry.open("good"))).as("without order %d", gone).isNotEmpty();
      AtomicFile.write(order(gone), orders.get(gone - 1));
    }
    AtomicFile.write(order(1), orders.get(2));
    AtomicFile.write(order(3), orders.get(0));
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(reason -> assertThat(reason).contains("does not follow on the order before"));
  }

  @Test
  void everyByteOfAnOrderCounts() throws IOException {
    registry.orders().stop("a test", key(0));
    resume("");
    for (int i = 1; i <= 2; i++) {
      byte[] bytes = Files.readAllBytes(order(i));
      for (int at = 0; at < bytes.length; at += 5) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        Files.write(order(i), changed);
        assertThat(registry.orders().standing("good"))
            .as("order %d byte %d", i, at)
            .isInstanceOf(Standing.Stopped.class);
      }
      Files.write(order(i), bytes);
    }
    assertThat(registry.orders().standing("good")).isInstanceOf(Standing.Serving.class);
  }

  @Test
  void whatIsBrokenIsStoppedAndTakesNoOrders() throws IOException {
    AtomicFile.write(world.registryFolder.resolve("orders/notes.txt"), "x");
    assertThat(stopped(release).reason()).contains("stands where 000002.dsse.json should");
    assertThatThrownBy(() -> registry.orders().stop("a test", key(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("until it is restored");
    Files.delete(world.registryFolder.resolve("orders/notes.txt"));
    assertThat(release.standing()).isInstanceOf(Standing.Serving.class);

    Files.createSymbolicLink(order(1), world.policy);
    assertThat(stopped(release).reason()).contains("is no plain file");
    Files.delete(order(1));

    Files.createDirectory(order(1));
    assertThat(stopped(release).reason()).contains("is no plain file");
    Files.delete(order(1));

    Path board = world.registryFolder.resolve("board.json");
    byte[] bytes = Files.readAllBytes(board);
    Files.writeString(board, Files.readString(board).replace("Demo", "Demi"));
    assertThat(stopped(release).reason()).contains("board.json has changed");
    Files.delete(board);
    assertThat(stopped(release).reason()).contains("cannot be read");
    Files.write(board, bytes);

    Files.move(registry.folder("good"), world.registryFolder.resolve("away"));
    assertThat(stopped(release).reason()).contains("is gone");
  }

  @Test
  void aResumptionOfAnotherRegistryOrAnotherStopDoesNotResume() throws IOException {
    registry.orders().stop("first", key(0));
    resume("");
    byte[] resumption = Files.readAllBytes(order(2));
    registry.orders().stop("second", key(2));
    Files.write(order(4), resumption);
    assertThat(registry.open("good")).isInstanceOf(Refused.class);
    Files.delete(order(4));

    Envelope envelope = Envelope.parse(resumption, "r");
    Order old = Order.parse(envelope.payload(), "r");
    Order moved =
        new Order(
            old.kind(),
            old.release(),
            old.reason(),
            5,
            Order.digest(Envelope.parse(Files.readAllBytes(order(3)), "o").payload()),
            old.created(),
            old.boardVersion(),
            old.boardDigest(),
            null);
    Envelope forged = Envelope.unsigned(moved.json());
    for (Envelope.Signature signature : envelope.signatures()) {
      forged = forged.plus(signature);
    }
    Files.write(order(4), forged.json());
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(reason -> assertThat(reason).contains("over other bytes"));
    Files.write(order(4), Envelope.unsigned(moved.json()).json());
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(reason -> assertThat(reason).contains("resumes with too few signatures"));
    Files.write(order(4), sign(moved, 0).json());
    assertThat(registry.open("good")).isInstanceOf(Refused.class);
    Files.write(order(4), sign(moved, 0, 0).json());
    assertThat(registry.open("good")).isInstanceOf(Refused.class);
    Files.write(order(4), sign(moved, 0, 2).json());
    GateTest.admitted(registry.open("good"));
  }

  @Test
  void aStopThatNobodySignedIsNoOrderAndStopsAllTheSame() throws IOException {
    registry.orders().stop("first", key(0));
    Envelope envelope = Envelope.parse(Files.readAllBytes(order(1)), "o");
    Files.write(order(1), Envelope.unsigned(envelope.payload()).json());
    assertThat(((Standing.Stopped) registry.orders().standing("good")).reason())
        .contains("signed by nobody");
  }

  private Envelope sign(Order order, int... keys) {
    Envelope envelope = Envelope.unsigned(order.json());
    for (int i : keys) {
      Board.Member member = registry.board().members().get(i);
      envelope =
          envelope.plus(
              new Envelope.Signature(
                  member.key().id(), key(i).sign(envelope.preAuthenticationEncoding())));
    }
    return envelope;
  }

  private void resume(String scope) {
    for (int i = 0; i < 2; i++) {
      if (scope.isEmpty()) {
        registry.orders().resume("well", key(i));
      } else {
        registry.orders().resume(scope, "well", key(i));
      }
    }
  }

  /** Of those after the first, with which the policy was adopted. */
  private Path order(int number) {
    return world.registryFolder.resolve("orders").resolve(OrderChain.file(number + 1));
  }

  private SigningKey key(int i) {
    return SigningKey.read(world.keys().get(i));
  }

  private static Standing.Stopped stopped(Release release) {
    return (Standing.Stopped) release.standing();
  }
}
