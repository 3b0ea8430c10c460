package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders that somebody wrote by hand, and what the chain takes of them. */
class OrderChainTest {

  @TempDir Path folder;
  private final Members people = new Members();
  private World world;
  private Registry registry;

  @BeforeEach
  void letOneOut() {
    world = new World(folder);
    registry = world.released("good", people);
  }

  @Test
  void oneMemberRevokesByHandToo() {
    put(order(Order.Kind.REVOKE, "good"), "cyd");
    assertThat(GateTest.reasons(registry.open("good"))).containsExactly("it is revoked: by hand");
  }

  @Test
  void whatNobodySignedIsNoOrderWhateverItSays() {
    for (Order order :
        List.of(
            order(Order.Kind.STOP, "good"),
            order(Order.Kind.REVOKE, "good"),
            order(Order.Kind.WITHDRAW, "good").saying(new Order.Withdrawal("ends low_at_least")))) {
      put(order);
      refusedBecause("is signed by nobody");
    }
  }

  @Test
  void aRevocationOfNothingIsNone() {
    put(order(Order.Kind.REVOKE, ""), "ann");
    refusedBecause("revokes no release");
  }

  @Test
  void anOrderOutOfItsPlaceIsNone() {
    Order good = order(Order.Kind.STOP, "");
    put(at(good, good.sequence() + 1, good.previous()), "ann");
    refusedBecause("does not follow on the order before it");
    put(at(good, good.sequence(), registry.board().digest()), "ann");
    refusedBecause("does not follow on the order before it");
    put(good, "ann");
    assertThat(GateTest.reasons(registry.open("good")))
        .containsExactly("all is stopped by ann: by hand");
  }

  @Test
  void whoWasOfAnEarlierBoardStopsStillAndNoBoardThatIsNotThereYet() {
    Board first = registry.board();
    rotate();
    Board second = registry.board();

    put(by(order(Order.Kind.STOP, ""), 1, first), "ann");
    assertThat(GateTest.reasons(registry.open("good")))
        .containsExactly("all is stopped by ann: by hand");
    put(by(order(Order.Kind.STOP, ""), 1, second), "bob");
    refusedBecause("names another board than this registry's");
    put(by(order(Order.Kind.STOP, ""), 3, second), "bob");
    refusedBecause("is by version 3 of the board, in force was version 2");
  }

  @Test
  void theRestAfterABrokenPlaceSaysNothing() throws IOException {
    registry.orders().stop("first", people.key("ann"));
    registry.orders().stop("good", "second", people.key("ann"));
    Path first = world.registryFolder.resolve("orders").resolve(OrderChain.file(2));
    AtomicFile.write(first, Files.readString(first).replace("payloadType", "payloadtype"));

    assertThat(registry.orders().lines()).hasSize(1);
    assertThat(GateTest.reasons(registry.open("good")))
        .hasSize(1)
        .allSatisfy(reason -> assertThat(reason).contains("the registry's orders are broken"));
  }

  @Test
  void allThatSpeaksAgainstAReleaseIsNamedTheMostLastingFirst() {
    registry.orders().stop("for a while", people.key("ann"));
    registry.stop("good", "for itself", people.key("bob"));
    registry.revoke("good", "for good", people.key("cyd"));

    assertThat(GateTest.reasons(registry.open("good")))
        .containsExactly(
            "it is revoked: for good",
            "all is stopped by ann: for a while",
            "it is stopped by bob: for itself");
  }

  @Test
  void signaturesForOneReleaseAreNotTakenForAnother() {
    world.release(registry, "other", people);
    registry.stop("good", "a test", people.key("ann"));
    registry.stop("other", "a test", people.key("ann"));
    registry.orders().stop("a test", people.key("ann"));
    registry.orders().resume("good", "well", people.key("ann"));
    registry.orders().resume("other", "well", people.key("ann"));
    registry.orders().resume("well", people.key("ann"));

    assertThat(registry.orders().resume("good", "well", people.key("bob")).isEnough()).isTrue();
    OrderChain chain = registry.ledger().orders();
    assertThat(chain.isStopped("good")).isFalse();
    assertThat(chain.isStopped("other")).isTrue();
    assertThat(chain.isStopped("")).isTrue();
  }

  private void refusedBecause(String reason) {
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(one -> assertThat(one).contains(reason));
  }

  private Order order(Order.Kind kind, String release) {
    OrderChain chain = registry.ledger().orders();
    List<String> digests = chain.digests();
    Board board = registry.ledger().boards().current();
    return new Order(
        kind,
        release,
        "by hand",
        2,
        digests.getFirst(),
        Instant.parse("2026-01-01T00:00:00Z"),
        board.version(),
        board.digest(),
        null);
  }

  private static Order at(Order order, long sequence, String previous) {
    return new Order(
        order.kind(),
        order.release(),
        order.reason(),
        sequence,
        previous,
        order.created(),
        order.boardVersion(),
        order.boardDigest(),
        null);
  }

  private static Order by(Order order, long version, Board board) {
    return new Order(
        order.kind(),
        order.release(),
        order.reason(),
        order.sequence(),
        order.previous(),
        order.created(),
        version,
        board.digest(),
        null);
  }

  /** As the second order of the chain. */
  private void put(Order order, String... signers) {
    AtomicFile.write(
        world.registryFolder.resolve("orders").resolve(OrderChain.file(2)),
        people.signed(order.json(), signers).json());
  }

  private void rotate() {
    registry
        .boards()
        .propose(people.simple(2, "bob eve fay").write(folder.resolve("proposed.json")));
    for (String name : List.of("ann", "bob", "eve")) {
      registry.boards().sign(people.key(name));
    }
    assertThat(registry.board().version()).isEqualTo(2);
  }
}
