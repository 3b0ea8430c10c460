package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose signatures count, of two of three. */
class QuorumTest {
  private final Members people = new Members();
  private final Board board = people.simple(1, "ann bob cyd").parse();
  private final byte[] payload = World.utf8("{}");

  @Test
  void twoMembersAreEnoughAndAreNamedInTheirOrder() {
    Quorum quorum = Quorum.of(people.signed(payload, "cyd", "ann"), board);
    assertThat(quorum.reasons()).isEmpty();
    assertThat(quorum.signers()).containsExactly("cyd", "ann");
  }

  @Test
  void oneIsNotEnough() {
    Quorum quorum = Quorum.of(people.signed(payload, "bob"), board);
    assertThat(quorum.reasons()).containsExactly("too few signatures: 1 of 2");
    assertThat(quorum.signers()).containsExactly("bob");
  }

  @Test
  void whoSignsAgainCountsOnceAndThatIsSaid() {
    Quorum quorum = Quorum.of(people.signed(payload, "bob", "bob"), board);
    assertThat(quorum.signers()).containsExactly("bob");
    assertThat(quorum.reasons())
        .containsExactly(
            "too few signatures: 1 of 2 (the same key signed again; one key counts once)");
    Signed signed =
        Signed.of(people.signed(payload, "bob", "ann", "bob", "bob"), board.members(), "Board");
    assertThat(signed.repeated()).isEqualTo(2);
    assertThat(signed.names()).containsExactly("bob", "ann");
    assertThat(signed.keys()).isEqualTo(people.verifying(List.of("ann", "bob")));
  }

  @Test
  void aStrangerSpoilsItEvenWhereEnoughOthersRemain() {
    Quorum quorum = Quorum.of(people.signed(payload, "ann", "zoe", "bob"), board);
    assertThat(quorum.reasons())
        .containsExactly("signature 2 is by no member of the board \"Board\", or over other bytes");
    assertThat(quorum.signers()).containsExactly("ann", "bob");
  }

  @Test
  void aSignatureUnderAnothersNameSpoilsIt() {
    Envelope envelope = people.signed(payload, "ann", "bob");
    Envelope.Signature cyd = people.signature(envelope, "cyd");
    Quorum quorum =
        Quorum.of(
            envelope.plus(new Envelope.Signature(people.verifying("ann").id(), cyd.bytes())),
            board);
    assertThat(quorum.reasons())
        .containsExactly("signature 3 names another key than the one that signed");
    assertThat(quorum.signers()).containsExactly("ann", "bob");
  }

  @Test
  void aSignatureOverOtherBytesIsNone() {
    Envelope.Signature other = people.signature(Envelope.unsigned(World.utf8("{\"a\":1}")), "bob");
    Quorum quorum = Quorum.of(people.signed(payload, "ann").plus(other), board);
    assertThat(quorum.reasons())
        .containsExactly(
            "signature 2 is by no member of the board \"Board\", or over other bytes",
            "too few signatures: 1 of 2");
  }

  @Test
  void aRevokedKeyDoesNotCount() {
    Envelope envelope = people.signed(payload, "ann", "bob");
    Quorum quorum =
        Quorum.of(
            envelope, board, Purpose.RELEASE, Set.of(people.verifying("bob")), Verifier.PLAIN);
    assertThat(quorum.signers()).containsExactly("ann");
    assertThat(quorum.reasons())
        .containsExactly(
            "too few signatures: 1 of 2 (a key that signed was revoked since and does not count)");
    Quorum unconcerned =
        Quorum.of(
            envelope, board, Purpose.RELEASE, Set.of(people.verifying("cyd")), Verifier.PLAIN);
    assertThat(unconcerned.reasons()).isEmpty();
    assertThat(unconcerned.signers()).containsExactly("ann", "bob");
  }

  @Test
  void theLargerQuorumTakesAll() {
    Envelope two = people.signed(payload, "ann", "bob");
    assertThat(Quorum.of(two, board, Purpose.LARGER, Set.of(), Verifier.PLAIN).reasons())
        .containsExactly("too few signatures: 2 of 3");
    Envelope three = people.signed(payload, "ann", "bob", "cyd");
    assertThat(Quorum.of(three, board, Purpose.LARGER, Set.of(), Verifier.PLAIN).reasons())
        .isEmpty();
  }

  @Test
  void aMemberAddsOneSignatureAndAStrangerNone() {
    Envelope one = Signing.add(Envelope.unsigned(payload), people.key("ann"), board.members());
    assertThat(one.signatures())
        .extracting(Envelope.Signature::keyId)
        .containsExactly(people.verifying("ann").id());
    assertThat(Quorum.of(one, board).signers()).containsExactly("ann");
    assertThat(Quorum.of(Signing.add(one, people.key("cyd"), board.members()), board).reasons())
        .isEmpty();
    assertThatThrownBy(() -> Signing.add(one, people.key("ann"), board.members()))
        .isInstanceOf(BadInputException.class)
        .hasMessage("ann has signed this already; one key counts once");
    assertThatThrownBy(() -> Signing.add(one, people.key("zoe"), board.members()))
        .isInstanceOf(BadInputException.class)
        .hasMessage("this is the key of no member of the board in force");
  }
}
