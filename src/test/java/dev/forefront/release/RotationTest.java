package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {

  @TempDir Path folder;
  private final Members people = new Members();
  private World world;
  private Registry registry;
  private int files;

  @BeforeEach
  void letOneOut() {
    world = new World(folder);
    registry = world.released("good", people);
  }

  @Test
  void theOldAndTheNewBoardAgreeOnTheNewOne() {
    assertThat(propose(people.simple(2, "cyd eve fay"))).containsExactly("good");
    assertThat(sign("ann").missing()).contains("of the old board").contains("of the new board");
    assertThat(sign("eve").isEnough()).isFalse();
    assertThat(sign("fay").missing()).isEqualTo("of the old board, too few signatures: 1 of 2");
    assertThat(registry.board().version()).isEqualTo(1);

    Signatures last = sign("bob");

    assertThat(last.isEnough()).isTrue();
    assertThat(last.signers()).containsExactly("ann", "eve", "fay", "bob");
    assertThat(registry.board().version()).isEqualTo(2);
    assertThat(registry.boards().all()).extracting(Board::version).containsExactly(1L, 2L);
    assertThat(registry.boards().proposed()).isEmpty();
    GateTest.admitted(registry.open("good"));
    assertThat(Release.open(world.registryFolder, "good").boardName()).isEqualTo("Board");
  }

  @Test
  void whoSitsOnBothBoardsSignsOnceForBoth() {
    propose(people.simple(2, "bob cyd eve"));
    sign("bob");
    assertThat(sign("cyd").isEnough()).isTrue();
  }

  @Test
  void theNewBoardAloneOrTheOldBoardAloneChangesNothing() {
    propose(people.simple(2, "eve fay gus"));
    for (String name : List.of("eve", "fay", "gus", "ann")) {
      assertThat(sign(name).isEnough()).isFalse();
    }
    assertThat(registry.board().version()).isEqualTo(1);
    propose(people.simple(2, "eve fay gus"));
    for (String name : List.of("ann", "bob", "cyd", "eve")) {
      assertThat(sign(name).isEnough()).isFalse();
    }
    assertThat(registry.board().version()).isEqualTo(1);
    assertThatThrownBy(() -> sign("ann"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("one key counts once");
    assertThatThrownBy(() -> sign("zoe")).isInstanceOf(BadInputException.class);
  }

  @Test
  void theVersionCountsExactlyOneMore() {
    for (long version : new long[] {1, 3, 9}) {
      assertThatThrownBy(() -> propose(people.simple(version, "ann bob cyd")))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("its version must be 2, not " + version);
    }
    assertThatThrownBy(() -> registry.boards().sign(people.key("ann")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no board is proposed");
  }

  @Test
  void aBoardThatEndsLetsNothingOutAndMayStillBeRenewed() {
    rotate(people.simple(2, "ann bob cyd").with("2999-01-01", "2030-01-01"));
    Clock after = Clock.fixed(Instant.parse("2030-01-01T00:00:00Z"), ZoneOffset.UTC);
    Clock before = Clock.fixed(Instant.parse("2029-12-31T23:59:59Z"), ZoneOffset.UTC);
    assertThat(GateTest.reasons(Registry.at(world.registryFolder, before).open("good")))
        .noneSatisfy(reason -> assertThat(reason).contains("ended"));
    Registry late = Registry.at(world.registryFolder, after);

    assertThat(GateTest.reasons(late.open("good")))
        .contains("the board \"Board\" ended at 2030-01-01T00:00:00Z: it has to be renewed");
    assertThat(((Refused) late.propose(world.draft("new"))).reasons())
        .contains("the board \"Board\" ended at 2030-01-01T00:00:00Z: it has to be renewed");

    late.boards().propose(people.simple(3, "ann bob cyd").write(file()));
    late.boards().sign(people.key("ann"));
    assertThat(late.boards().sign(people.key("bob")).isEnough()).isTrue();
    assertThat(GateTest.reasons(late.open("good")))
        .noneSatisfy(reason -> assertThat(reason).contains("ended"));
  }

  @Test
  void aBoardThatHasEndedAlreadyDoesNotFollow() {
    assertThatThrownBy(
            () -> propose(people.simple(2, "ann bob cyd").with("2999-01-01", "2020-01-01")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it had ended when it was proposed")
        .hasMessageContaining("the new board has ended already");
  }

  @Test
  void aRealBoardDoesNotBecomeADemoBoard() {
    assertThatThrownBy(
            () -> propose(people.simple(2, "ann bob cyd").with("\"demo\":false", "\"demo\":true")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a demo board stays one");
  }

  @Test
  void whatWasNotCarriedOverIsClosed() {
    propose(people.simple(2, "ann bob cyd"));
    world.release(registry, "late", people);
    sign("ann");
    sign("bob");

    GateTest.admitted(registry.open("good"));
    assertThat(GateTest.reasons(registry.open("late")))
        .singleElement()
        .asString()
        .contains("version 2 of the board did not carry it over");
  }

  @Test
  void keysThatWereLaidDownCannotSignForThePast() {
    registry.propose(world.draft("old"));
    rotate(people.simple(2, "bob eve fay"), "bob", "ann", "eve");
    Path statement = registry.folder("old").resolve(ReleaseFiles.STATEMENT);
    byte[] payload = Envelope.parse(SmallFile.read(statement), "s").payload();
    AtomicFile.write(statement, people.signed(payload, "ann", "cyd").json());

    assertThat(GateTest.reasons(registry.open("old")))
        .singleElement()
        .asString()
        .contains("did not carry it over");
    assertThatThrownBy(() -> registry.sign("old", people.key("bob")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the board has changed since it was proposed");
  }

  @Test
  void aRevokedKeyCountsNowhereAnyMore() {
    Release running = Release.open(world.registryFolder, "good");
    rotate(people.simple(2, "bob cyd eve").revoking(people.verifying("ann")), "bob", "cyd");

    assertThat(GateTest.reasons(registry.open("good")))
        .singleElement()
        .asString()
        .contains("too few signatures: 1 of 2")
        .contains("was revoked since");
    assertThat(running.standing()).isInstanceOf(Standing.Stopped.class);
    assertThat(registry.list()).extracting(Listing::state).containsExactly(Listing.State.UNSIGNED);
  }

  @Test
  void aRevokedKeyStaysRevoked() {
    rotate(people.simple(2, "bob cyd eve").revoking(people.verifying("ann")), "bob", "cyd");

    assertThatThrownBy(() -> propose(people.simple(3, "bob cyd eve")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a key that was revoked stays revoked");
  }

  @Test
  void aMemberWhoWasOnlyReplacedLeavesTheReleasesValid() {
    Release running = Release.open(world.registryFolder, "good");
    rotate(people.simple(2, "bob cyd eve"), "bob", "cyd");

    GateTest.admitted(registry.open("good"));
    assertThat(running.standing()).isInstanceOf(Standing.Serving.class);
    assertThatThrownBy(() -> registry.orders().stop("a test", people.key("ann")))
        .isInstanceOf(BadInputException.class);
    registry.orders().stop("a test", people.key("eve"));
    assertThat(running.standing()).isInstanceOf(Standing.Stopped.class);
  }

  @Test
  void theQuorumThatWasReplacedDoesNotResumeForThePast() throws IOException {
    rotate(people.simple(2, "bob eve fay"), "bob", "ann", "eve");
    registry.orders().stop("a test", people.key("fay"));
    Ledger ledger = registry.ledger();
    Board old = ledger.boards().root();
    Order resume =
        new Order(
            Order.Kind.RESUME,
            "",
            "well",
            ledger.orders().digests().size() + 1L,
            ledger.orders().head(),
            Instant.parse("2026-01-01T00:00:00Z"),
            1,
            old.digest(),
            null);
    Path file = world.registryFolder.resolve("orders").resolve(OrderChain.file(resume.sequence()));
    AtomicFile.write(file, people.signed(resume.json(), "ann", "cyd").json());

    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(
            reason ->
                assertThat(reason)
                    .contains("is by version 1 of the board, in force was version 2"));
    Files.delete(file);
    registry.orders().resume("well", people.key("eve"));
    registry.orders().resume("well", people.key("bob"));
    GateTest.admitted(registry.open("good"));
  }

  @Test
  void aDecisionWhileSignaturesAreGatheredAsksForANewProposal() {
    propose(people.simple(2, "ann bob cyd"));
    registry.orders().stop("a test", people.key("ann"));
    assertThat(sign("ann").isEnough()).isFalse();
    registry.orders().resume("well", people.key("ann"));
    registry.orders().resume("well", people.key("bob"));

    assertThatThrownBy(() -> sign("bob"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the board has decided since it was proposed");
  }

  @Test
  void aStopWhileSignaturesAreGatheredHoldsAndDoesNotHinderTheChange() {
    propose(people.simple(2, "ann bob eve"));
    registry.orders().stop("a test", people.key("cyd"));
    sign("ann");
    assertThat(sign("bob").isEnough()).isTrue();

    assertThat(GateTest.reasons(registry.open("good")))
        .containsExactly("all is stopped by cyd: a test");
    registry.orders().resume("well", people.key("eve"));
    registry.orders().resume("well", people.key("ann"));
    GateTest.admitted(registry.open("good"));
  }

  @Test
  void aHistoryThatWasCutSwappedOrForgedClosesEverything() throws IOException {
    rotate(people.simple(2, "ann bob cyd"));
    rotate(people.simple(3, "ann bob cyd"));
    Path second = world.registryFolder.resolve("boards/2.dsse.json");
    Path third = world.registryFolder.resolve("boards/3.dsse.json");
    byte[] two = Files.readAllBytes(second);
    byte[] three = Files.readAllBytes(third);
    Release running = Release.open(world.registryFolder, "good");

    Files.delete(second);
    closed("holds version 3 where version 2 should be");
    Files.write(second, three);
    closed("its version must be 2, not 3");
    Files.write(second, two);
    Files.write(third, two);
    closed("its version must be 3, not 2");
    Files.write(third, three);
    for (int at = 0; at < three.length; at += 97) {
      byte[] changed = three.clone();
      changed[at] ^= 1;
      Files.write(third, changed);
      assertThat(registry.open("good")).as("byte %d", at).isInstanceOf(Refused.class);
    }
    Files.delete(third);
    assertThat(running.standing())
        .isEqualTo(
            new Standing.Stopped(
                "the registry cannot be read: orders that were seen before are gone or rewritten",
                ""));
    Files.write(third, three);
    AtomicFile.write(world.registryFolder.resolve("boards/notes"), "x");
    closed("boards/notes is no version of a board");
  }

  private void closed(String reason) {
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(one -> assertThat(one).contains(reason));
    assertThatThrownBy(() -> registry.boards().all())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aChangeSignedByTooFewOrByStrangersIsNone() {
    BoardHistory history = registry.ledger().boards();
    BoardChange change = change(people.simple(2, "eve fay gus"), history);
    for (String[] signers :
        new String[][] {
          {},
          {"ann", "bob"},
          {"eve", "fay"},
          {"ann", "eve", "fay"},
          {"ann", "bob", "eve"},
          {"ann", "ann", "eve", "fay"},
          {"ann", "bob", "eve", "fay", "zoe"}
        }) {
      put(people.signed(change.json(), signers));
      assertThat(registry.ledger().boards().problems()).as("%s", List.of(signers)).hasSize(1);
      assertThat(registry.open("good")).as("%s", List.of(signers)).isInstanceOf(Refused.class);
    }
    put(people.signed(change.json(), "ann", "bob", "eve", "fay"));
    assertThat(registry.board().version()).isEqualTo(2);
  }

  @Test
  void aChangeThatForgetsOrdersOrFollowsOnAnotherBoardIsNone() {
    BoardHistory history = registry.ledger().boards();
    BoardChange good = change(people.simple(2, "ann bob cyd"), history);
    String other = "sha256:" + "5".repeat(64);
    String unknown = "knew of %d orders that are not the ones here";
    noneBecause(like(good, other, 1, good.ordersHead()), "the change follows on another board");
    noneBecause(like(good, good.previous(), 1, other), unknown.formatted(1));
    noneBecause(like(good, good.previous(), 7, good.ordersHead()), unknown.formatted(7));
    noneBecause(like(good, good.previous(), 0, good.ordersHead()), unknown.formatted(0));
    noneBecause(
        new BoardChange(
            3, good.previous(), good.board(), good.created(), 1, good.ordersHead(), good.carried()),
        "version 2 of the board does not follow on version 1: its version must be 2");
    put(people.signed(good.json(), "ann", "bob"));
    assertThat(registry.ledger().boards().problems()).isEmpty();
    assertThat(registry.board().version()).isEqualTo(2);
  }

  private static BoardChange like(
      BoardChange good, String previous, long orders, String ordersHead) {
    return new BoardChange(
        2, previous, good.board(), good.created(), orders, ordersHead, good.carried());
  }

  private void noneBecause(BoardChange bad, String reason) {
    put(people.signed(bad.json(), "ann", "bob"));
    assertThat(GateTest.reasons(registry.open("good")))
        .anySatisfy(one -> assertThat(one).contains(reason));
  }

  private BoardChange change(Members.Text board, BoardHistory history) {
    OrderChain orders = registry.ledger().orders();
    return new BoardChange(
        2,
        history.head(),
        board.json(),
        Instant.parse("2026-01-01T00:00:00Z"),
        orders.digests().size(),
        orders.head(),
        new TreeMap<>());
  }

  private void put(Envelope envelope) {
    AtomicFile.write(world.registryFolder.resolve("boards/2.dsse.json"), envelope.json());
  }

  @Test
  void anAuditorWithTheFirstBoardVerifiesThroughAllThatFollowed() {
    rotate(people.simple(2, "bob cyd eve"), "bob", "cyd");
    Board first = people.simple(1, "ann bob cyd").parse();

    assertThat(Gate.verify(Candidate.read(registry.folder("good"), first))).isEmpty();
    Board other = people.simple(1, "zoe yan xia").parse();
    assertThat(Gate.verify(Candidate.read(registry.folder("good"), other))).isNotEmpty();
  }

  private java.util.Set<String> propose(Members.Text board) {
    return registry.boards().propose(board.write(file()));
  }

  private Signatures sign(String name) {
    return registry.boards().sign(people.key(name));
  }

  private void rotate(Members.Text board, String... signers) {
    propose(board);
    for (String name : signers.length == 0 ? new String[] {"ann", "bob"} : signers) {
      sign(name);
    }
    assertThat(registry.board().digest()).isEqualTo(board.parse().digest());
  }

  private Path file() {
    return folder.resolve("proposals/board-" + files++ + ".json");
  }
}
