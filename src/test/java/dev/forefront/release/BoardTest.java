package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a board says of itself, and the one for trying things out. */
class BoardTest {

  @TempDir Path folder;
  private final Members people = new Members();

  @Test
  void aDemoBoardHasThreeKeysOfWhichTwoMustSign() {
    Board board = Board.createDemo(folder.resolve("board"));

    assertThat(board.name()).isEqualTo("Demo board");
    assertThat(board.isDemo()).isTrue();
    assertThat(board.version()).isEqualTo(1);
    assertThat(board.expires()).isEqualTo(Instant.MAX);
    assertThat(board.members())
        .extracting(Board.Member::name)
        .containsExactly("demo-1", "demo-2", "demo-3");
    assertThat(board.threshold()).isEqualTo(2);
    assertThat(board.revoked()).isEmpty();
    List<Path> keys = Board.demoKeys(folder.resolve("board"));
    for (int i = 0; i < 3; i++) {
      byte[] signature = SigningKey.read(keys.get(i)).sign(new byte[] {1});
      assertThat(board.members().get(i).key().verifies(new byte[] {1}, signature)).isTrue();
    }
    assertThat(Board.read(folder.resolve("board/board.json")).digest()).isEqualTo(board.digest());
  }

  @Test
  void keysThatWereLeftWithoutABoardAreMadeAnew() throws IOException {
    Path first = Board.demoKeys(folder.resolve("board")).getFirst();
    Files.createDirectories(first.getParent());
    Files.writeString(first, "half a key");
    Board board = Board.createDemo(folder.resolve("board"));
    byte[] signature = SigningKey.read(first).sign(new byte[] {1});
    assertThat(board.members().getFirst().key().verifies(new byte[] {1}, signature)).isTrue();
  }

  @Test
  void aDemoBoardThatIsThereIsKeptAndARealOneIsNotWrittenOver() {
    Board board = Board.createDemo(folder.resolve("board"));
    assertThat(Board.createDemo(folder.resolve("board")).digest())
        .isEqualTo(board.digest())
        .isEqualTo("sha256:" + Sha256.hex(board.bytes()));
    AtomicFile.write(
        folder.resolve("real/board.json"), people.simple(1, "ann bob").parse().bytes());
    assertThatThrownBy(() -> Board.createDemo(folder.resolve("real")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no demo board is written over it");
  }

  /** An answer is of one key, one message and one signature. */
  @Test
  void whatIsRememberedOfSignaturesIsRememberedByExactBytes() {
    Verifier plain = Verifier.PLAIN;
    Verifier remembered = new RememberedVerifier();
    byte[] said = {1};
    byte[] signature = people.key("ann").sign(said);
    for (int again = 0; again < 2; again++) {
      for (Verifier one : List.of(plain, remembered)) {
        assertThat(one.verifies(people.verifying("ann"), said, signature)).isTrue();
        assertThat(one.verifies(people.verifying("bob"), said, signature)).isFalse();
        assertThat(one.verifies(people.verifying("ann"), new byte[] {2}, signature)).isFalse();
        assertThat(
                one.verifies(people.verifying("ann"), said, people.key("ann").sign(new byte[] {2})))
            .isFalse();
      }
    }
  }

  @Test
  void signaturesAreEnoughWhereNothingIsMissing() {
    assertThat(new Signatures(List.of("ann"), 1, "").isEnough()).isTrue();
    assertThat(new Signatures(List.of("ann"), 2, "one").isEnough()).isFalse();
  }

  @Test
  void whatMustBeSignedByWhomIsToldByItsName() {
    Board board =
        people
            .board(
                3,
                "{\"release\":{\"of\":2,\"group\":\"g\"},\"larger\":{\"of\":3,\"group\":\"g\"}}",
                "g: ann bob cyd")
            .parse();
    assertThat(board.rule("release")).isEqualTo("2 of g");
    assertThat(board.rule("larger")).isEqualTo("3 of g");
    assertThat(board.fewest(Purpose.RELEASE)).isEqualTo(2);
    assertThat(board.fewest(Purpose.LARGER)).isEqualTo(3);
    assertThatThrownBy(() -> board.rule("lunch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lunch");
    assertThat(board.version()).isEqualTo(3);
    assertThat(board.expires()).isEqualTo(Instant.parse("2999-01-01T00:00:00Z"));
    assertThat(board.isDemo()).isFalse();
  }

  @Test
  void whatIsMissingNamesWhoHasSigned() {
    Board board =
        people
            .board(
                1,
                "{\"release\":{\"all\":[{\"of\":1,\"group\":\"g\"},{\"of\":1,\"group\":\"h\"}]},"
                    + "\"larger\":{\"of\":3,\"group\":\"g\"}}",
                "g: ann bob cyd",
                "h: eve")
            .parse();
    assertThat(board.shortfall(Purpose.RELEASE, Set.of()))
        .isEqualTo("signed by nobody, needed are (1 of g and 1 of h)");
    assertThat(board.shortfall(Purpose.RELEASE, people.verifying(List.of("bob", "ann"))))
        .isEqualTo("signed by ann, bob, needed are (1 of g and 1 of h)");
    assertThat(board.shortfall(Purpose.LARGER, people.verifying(List.of("ann", "eve"))))
        .isEqualTo("1 of 3");
    assertThat(board.shortfall(Purpose.LARGER, people.verifying(List.of("ann", "bob", "cyd"))))
        .isEqualTo("signed by ann, bob, cyd, needed are (1 of g and 1 of h)");
  }

  @Test
  void nobodyChangesABoardThroughItsBytes() {
    Board board = people.simple(1, "ann bob").parse();
    String digest = board.digest();
    board.bytes()[0] ^= 1;
    assertThat(board.digest()).isEqualTo(digest);
  }
}
