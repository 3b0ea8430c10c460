package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose a checkpoint is, and the spellings of which there is one alone. */
class CheckpointTest {
  private final SigningKey.Pair pair = SigningKey.generate();
  private final SigningKey.Pair other = SigningKey.generate();

  private static MerkleTree tree(int size) {
    MerkleTree tree = new MerkleTree();
    for (int i = 0; i < size; i++) {
      tree.append(MerkleTree.leaf(new byte[] {(byte) i}));
    }
    return tree;
  }

  private Checkpoint checkpoint(int size) {
    return Checkpoint.sign(tree(size), pair.verifying(), pair.signing());
  }

  @Test
  void aLogIsNamedAfterItsKey() {
    String origin = Checkpoint.origin(pair.verifying());
    assertThat(origin).isEqualTo("forefront-audit/" + pair.verifying().id().substring(0, 16));
    assertThat(checkpoint(3).origin()).isEqualTo(origin);
    assertThat(Checkpoint.parse(checkpoint(3).note())).isEqualTo(checkpoint(3));
    assertThat(checkpoint(3).size()).isEqualTo(3);
  }

  @Test
  void itIsSignedByTheKeyThatItIsNamedAfterAndByNoOther() {
    Checkpoint signed = checkpoint(3);
    assertThat(signed.signedBy(pair.verifying())).isTrue();
    assertThat(signed.signedBy(other.verifying())).isFalse();
    // Named after one key and signed by another.
    Checkpoint foreign = Checkpoint.sign(tree(3), pair.verifying(), other.signing());
    assertThat(foreign.signedBy(pair.verifying())).isFalse();
    assertThat(foreign.signedBy(other.verifying())).isFalse();
    // Signed in the name of the log, over the name of another.
    NoteKey log = NoteKey.ofLog(pair.verifying());
    String text = signed.signed().text().replace(log.name(), "somebody/else");
    byte[] bytes = pair.signing().sign(text.getBytes(StandardCharsets.UTF_8));
    SignedNote note =
        new SignedNote(text, List.of(new SignedNote.Signature(log.name(), log.id(), bytes)));
    assertThat(note.isSignedBy(log)).isTrue();
    assertThat(Checkpoint.parse(note.note()).signedBy(pair.verifying())).isFalse();
  }

  @Test
  void twoAreTheSameWhereLogSizeAndRootAre() {
    Checkpoint three = checkpoint(3);
    NoteKey witness = new NoteKey("w", NoteKey.Use.WITNESS, other.verifying());
    Instant now = Instant.parse("2026-01-31T12:00:00Z");
    Checkpoint cosigned =
        three.plus(List.of(Cosignature.sign(three.signed().text(), witness, other.signing(), now)));
    assertThat(cosigned.isSameAs(three)).isTrue();
    assertThat(cosigned.cosigned(witness)).contains(now);
    assertThat(three.cosigned(witness)).isEmpty();
    assertThat(three.isSameAs(checkpoint(4))).isFalse();
    assertThat(three.isSameAs(Checkpoint.sign(tree(3), other.verifying(), other.signing())))
        .isFalse();
    assertThat(three.isSameAs(new Checkpoint(three.origin(), 4, three.root(), three.note())))
        .isFalse();
    assertThat(three.isSameAs(new Checkpoint(three.origin(), 3, checkpoint(4).root(), "")))
        .isFalse();
  }

  @Test
  void aNumberHasOneSpelling() {
    assertThat(Strict.number("0")).isZero();
    assertThat(Strict.number("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "00", "01", "+1", " 1", "1 ", "1.0", "9223372036854775808"})
  void whatIsNoNumberOfEntriesIsNamed(String text) {
    assertThatThrownBy(() -> Strict.number(text))
        .isInstanceOf(BadInputException.class)
        .hasMessage("\"" + text + "\" is no number of entries");
  }

  @Test
  void whatIsTooLongIsShownInPart() {
    assertThatThrownBy(() -> Strict.base64("!".repeat(80)))
        .hasMessage("\"" + "!".repeat(80) + "\" is no base64");
    assertThatThrownBy(() -> Strict.base64("!".repeat(81)))
        .hasMessage("\"" + "!".repeat(80) + "...\" is no base64");
    assertThatThrownBy(() -> Strict.hash("AAAA")).hasMessage("\"AAAA\" has no 32 bytes");
  }

  @Test
  void textIsUtf8OrNone() {
    assertThat(Strict.text("\u00e9 \ud83d\ude00".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("\u00e9 \ud83d\ude00");
    assertThatThrownBy(() -> Strict.text(new byte[] {(byte) 0xc3}))
        .isInstanceOf(BadInputException.class)
        .hasMessage("this is no text in UTF-8");
  }
}
