package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens around a board that gathers signatures, and what a change of the board must say. */
class BoardChangeTest {

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
  void theBoardThatGathersSignaturesCanBeSeen() {
    assertThat(registry.boards().proposed()).isEmpty();
    propose(people.simple(2, "ann bob eve"));
    assertThat(registry.boards().proposed().map(Board::version)).isEqualTo(Optional.of(2L));
    assertThat(registry.board().version()).isEqualTo(1);
    assertThat(registry.boards().all()).hasSize(1);
  }

  @Test
  void whoSignsHearsHowManyAreNeededAtLeast() {
    propose(
        people.board(
            2,
            "{\"release\":{\"of\":2,\"group\":\"all\"},\"larger\":{\"of\":3,\"group\":\"all\"},"
                + "\"board\":{\"of\":3,\"group\":\"all\"}}",
            "all: ann bob cyd eve"));
    assertThat(registry.boards().sign(people.key("ann")).needed()).isEqualTo(3);
    assertThat(registry.boards().sign(people.key("bob")).missing())
        .isEqualTo("of the new board, too few signatures: 2 of 3");
    assertThat(registry.boards().sign(people.key("eve")).isEnough()).isTrue();
    assertThat(world.registryFolder.resolve("pending")).isEmptyDirectory();
  }

  @Test
  void whatIsProposedUnderTheNewBoardIsSignedByTheNewBoard() {
    propose(people.simple(2, "bob eve fay"));
    for (String name : List.of("ann", "bob", "eve")) {
      registry.boards().sign(people.key(name));
    }
    registry.propose(world.draft("new"));
    assertThatThrownBy(() -> registry.sign("new", people.key("ann")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("key of no member");
    registry.sign("new", people.key("eve"));
    registry.sign("new", people.key("fay"));

    Release release = GateTest.admitted(registry.open("new"));
    assertThat(release.signers()).containsExactly("eve", "fay");
    assertThat(registry.list())
        .extracting(Listing::state)
        .containsExactly(Listing.State.SIGNED, Listing.State.SIGNED);
    assertThat(GateTest.admitted(registry.open("good")).signers()).containsExactly("ann", "bob");
  }

  @Test
  void aReleaseThatIsNotValidAnyMoreIsNotCarriedOver() {
    propose(people.simple(2, "ann bob eve"));
    FileTree.delete(registry.folder("good"));

    assertThatThrownBy(() -> registry.boards().sign(people.key("ann")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it carries a release over that is not valid");
  }

  @Test
  void aChangeThatKnowsOfAnOrderThatIsGoneIsNotSigned() throws IOException {
    registry.orders().stop("a test", people.key("ann"));
    propose(people.simple(2, "ann bob eve"));
    Files.delete(world.registryFolder.resolve("orders").resolve(OrderChain.file(2)));

    assertThatThrownBy(() -> registry.boards().sign(people.key("ann")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it knows of other orders than the ones here");
  }

  @Test
  void aRegistryWithoutOrdersChangesItsBoardToo() {
    Path empty = folder.resolve("empty");
    Registry.create(empty, people.simple(1, "ann bob cyd").parse());
    Registry fresh = Registry.at(empty);
    fresh.boards().propose(people.simple(2, "ann bob eve").write(file()));
    fresh.boards().sign(people.key("ann"));
    assertThat(fresh.boards().sign(people.key("bob")).isEnough()).isTrue();
    assertThat(fresh.board().version()).isEqualTo(2);
    assertThat(fresh.ledger().orders().problems()).isEmpty();
  }

  @Test
  void aBoardThatEndedWhileItGatheredSignaturesIsNotSigned() {
    Instant end = Instant.parse("2030-01-01T00:00:00Z");
    propose(people.simple(2, "ann bob eve").with("2999-01-01", "2030-01-01"));
    Registry late = Registry.at(world.registryFolder, Clock.fixed(end, ZoneOffset.UTC));

    assertThatThrownBy(() -> late.boards().sign(people.key("ann")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the new board has ended already: 2030-01-01T00:00:00Z");
    Registry before =
        Registry.at(world.registryFolder, Clock.fixed(end.minusSeconds(1), ZoneOffset.UTC));
    assertThat(before.boards().sign(people.key("ann")).isEnough()).isFalse();
  }

  @Test
  void nothingFollowsOnABrokenHistory() throws IOException {
    AtomicFile.write(world.registryFolder.resolve("boards/notes"), "x");
    assertThatThrownBy(() -> propose(people.simple(2, "ann bob eve")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("boards/notes is no version of a board");
    Files.delete(world.registryFolder.resolve("boards/notes"));
    AtomicFile.write(world.registryFolder.resolve("orders/notes"), "x");
    assertThatThrownBy(() -> propose(people.simple(2, "ann bob eve")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("notes stands where 000002.dsse.json should");
  }

  @Test
  void aFileThatIsNoBoardIsNotProposed() {
    assertThatThrownBy(() -> registry.boards().propose(world.policy))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(world.policy.toString());
    assertThat(registry.boards().proposed()).isEmpty();
  }

  @Test
  void theFirstBoardIsOfVersionOne() {
    Path second = folder.resolve("second");
    Registry begun = Registry.create(second, people.simple(2, "ann bob cyd").parse());
    assertThatThrownBy(() -> begun.boards().all())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the first board has version 2 instead of 1");
    assertThatThrownBy(() -> begun.orders().stop("a test", people.key("ann")))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void aLaterChangeKnowsOfAsManyOrdersAsTheOneBefore() {
    put(2, change(2, "ann bob cyd", 1, registry.ledger().orders().head()));
    assertThat(registry.ledger().boards().problems()).isEmpty();

    put(3, change(3, "ann bob cyd", 0, registry.ledger().boards().root().digest()));
    assertThat(registry.ledger().boards().problems())
        .singleElement()
        .asString()
        .contains("the change forgets orders");
    put(3, change(3, "ann bob cyd", 1, registry.ledger().orders().head()));
    assertThat(registry.ledger().boards().problems()).isEmpty();
    assertThat(registry.board().version()).isEqualTo(3);
  }

  @Test
  void aChangeIsWrittenInOneWayAlone() {
    BoardChange change = change(2, "ann bob cyd", 1, registry.ledger().orders().head());
    String json = new String(change.json(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(BoardChange.parse(World.utf8(json), "c")).isEqualTo(change);
    for (String other :
        List.of(
            json + " ",
            json.replace("\"orders\" : 1,", "\"orders\" : 1, \"more\" : 2,"),
            json.replace("urn:forefront:board:1", "urn:forefront:order:1"),
            json.replace("\"version\" : 2", "\"version\" : 1"),
            json.replace("\"orders\" : 1", "\"orders\" : -1"))) {
      assertThat(other).isNotEqualTo(json);
      assertThatThrownBy(() -> BoardChange.parse(World.utf8(other), "c"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("c is no change of a board: ");
    }
  }

  /** After those that are there before it. */
  private BoardChange change(int version, String members, long orders, String ordersHead) {
    BoardHistory history = registry.ledger().boards();
    List<String> digests = history.digests();
    return new BoardChange(
        version,
        version == 2 ? history.root().digest() : digests.get(version - 3),
        people.simple(version, members).json(),
        Instant.parse("2026-01-01T00:00:00Z"),
        orders,
        ordersHead,
        new TreeMap<>());
  }

  private void put(int version, BoardChange change) {
    AtomicFile.write(
        world.registryFolder.resolve("boards").resolve(BoardHistory.file(version)),
        people.signed(change.json(), "ann", "bob").json());
  }

  private void propose(Members.Text board) {
    registry.boards().propose(board.write(file()));
  }

  private Path file() {
    return folder.resolve("proposals/board-" + files++ + ".json");
  }
}
