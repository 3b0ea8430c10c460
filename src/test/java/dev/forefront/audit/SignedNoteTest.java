package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
  /** The examples that stand in C2SP's signed-note and in Go's package note. */
  private static final String FOO =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String FOO_NOTE =
      """
      This is an example message.

      \u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  private final SigningKey.Pair pair = SigningKey.generate();
  private final NoteKey witness =
      new NoteKey("example.org/w1", NoteKey.Use.WITNESS, pair.verifying());

  @Test
  void theExampleOfTheFormatVerifies() {
    NoteKey key = NoteKey.parse(FOO);
    assertThat(key.name()).isEqualTo("example.com/foo");
    assertThat(key.vkey()).isEqualTo(FOO);
    SignedNote note = SignedNote.parse(FOO_NOTE);
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(note.isSignedBy(key)).isTrue();
    assertThat(note.note()).isEqualTo(FOO_NOTE);
    assertThat(SignedNote.parse(FOO_NOTE.replace("message", "massage")).isSignedBy(key)).isFalse();
  }

  @Test
  void theKeyOfGosChecksumDatabaseIsReadAndWritten() {
    String vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    assertThat(NoteKey.parse(vkey).vkey()).isEqualTo(vkey);
    assertThat(NoteKey.parse(vkey).use()).isEqualTo(NoteKey.Use.LOG);
  }

  @Test
  void aFalseLineOfAKnownKeySpoilsATrueOne() {
    NoteKey key = NoteKey.parse(FOO);
    SignedNote note = SignedNote.parse(FOO_NOTE);
    SignedNote.Signature its = note.signatures().getFirst();
    byte[] other = its.bytes().clone();
    other[9] ^= 1;
    SignedNote.Signature wrong = new SignedNote.Signature(its.name(), its.id(), other);
    SignedNote.Signature stranger = new SignedNote.Signature(its.name(), its.id() + 1, other);
    assertThat(new SignedNote(note.text(), List.of(its, stranger)).isSignedBy(key)).isTrue();
    assertThat(new SignedNote(note.text(), List.of(its, wrong)).isSignedBy(key)).isFalse();
    assertThat(new SignedNote(note.text(), List.of(stranger)).isSignedBy(key)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\nno signature\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 a b AAAAAAAA\n",
        "text\n\n\u2014 a+b AAAAAAAA\n",
        "text\n\n\u2014  AAAAAAAA\n",
        "text\n\n\u2014 a AAAAAAA\n",
        "text\n\n\u2014 a AAAAAAB\n",
        "text\n\n\u2014 a AAAAAAAA",
        "te\txt\n\n\u2014 a AAAAAAAA\n",
        "te\rxt\n\n\u2014 a AAAAAAAA\n"
      })
  void whatIsNoSignedNoteIsRefused(String text) {
    assertThatThrownBy(() -> SignedNote.parse(text)).isInstanceOf(BadInputException.class);
  }

  @Test
  void textMayHoldEmptyLinesAndTheLastOneParts() {
    SignedNote note = SignedNote.parse("a\n\nb\n\n\u2014 k AAAAAAA=\n\u2014 l AAAAAAA=\n");
    assertThat(note.text()).isEqualTo("a\n\nb\n");
    assertThat(note.signatures()).extracting(SignedNote.Signature::name).containsExactly("k", "l");
  }

  @Test
  void tooLongOrTooManySignaturesAreRefused() {
    String line = "\u2014 k AAAAAAA=\n";
    assertThat(SignedNote.parse("a\n\n" + line.repeat(64)).signatures()).hasSize(64);
    assertThatThrownBy(() -> SignedNote.parse("a\n\n" + line.repeat(65)))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> SignedNote.parse("a".repeat(1 << 16) + "\n\n" + line))
        .isInstanceOf(BadInputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/foo",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fox+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
      })
  void whatIsNoVerifierKeyIsRefused(String vkey) {
    assertThatThrownBy(() -> NoteKey.parse(vkey)).isInstanceOf(BadInputException.class);
  }

  @Test
  void aCosignatureIsOverItsTimeAndTheText() {
    Instant time = Instant.parse("2026-01-31T12:00:00Z");
    SignedNote.Signature line = Cosignature.sign("text\n", witness, pair.signing(), time);
    SignedNote note = new SignedNote("text\n", List.of(line));
    // The message of tlog-cosignature, signed by hand.
    byte[] message = "cosignature/v1\ntime 1769860800\ntext\n".getBytes(StandardCharsets.UTF_8);
    byte[] signature = Arrays.copyOfRange(line.bytes(), 8, line.bytes().length);
    assertThat(pair.verifying().verifies(message, signature)).isTrue();
    assertThat(SignedNote.parse(note.note()).cosigned(witness)).contains(time);
    assertThat(new SignedNote("other\n", List.of(line)).cosigned(witness)).isEmpty();
    for (int i = 0; i < line.bytes().length; i++) {
      byte[] flipped = line.bytes().clone();
      flipped[i] ^= 1;
      SignedNote forged =
          new SignedNote(
              "text\n", List.of(new SignedNote.Signature(line.name(), line.id(), flipped)));
      assertThat(forged.cosigned(witness)).as("byte %d", i).isEmpty();
    }
    assertThat(note.isSignedBy(witness)).isFalse();
  }

  @Test
  void theLatestOfSeveralCosignaturesCountsAndAFalseOneSpoilsAll() {
    SignedNote.Signature early =
        Cosignature.sign("t\n", witness, pair.signing(), Instant.ofEpochSecond(100));
    SignedNote.Signature late =
        Cosignature.sign("t\n", witness, pair.signing(), Instant.ofEpochSecond(200));
    SignedNote.Signature none =
        Cosignature.sign("t\n", witness, pair.signing(), Instant.ofEpochSecond(0));
    assertThat(new SignedNote("t\n", List.of(early, late)).cosigned(witness))
        .contains(Instant.ofEpochSecond(200));
    assertThat(new SignedNote("t\n", List.of(late, early)).cosigned(witness))
        .contains(Instant.ofEpochSecond(200));
    assertThat(new SignedNote("t\n", List.of(early, none)).cosigned(witness)).isEmpty();
    assertThat(new SignedNote("t\n", List.of()).cosigned(witness)).isEmpty();
  }

  @Test
  void anotherNameOrAnotherUseIsAnotherKey() {
    NoteKey log = new NoteKey("example.org/w1", NoteKey.Use.LOG, pair.verifying());
    NoteKey other = new NoteKey("example.org/w2", NoteKey.Use.WITNESS, pair.verifying());
    assertThat(log.id()).isNotEqualTo(witness.id()).isNotEqualTo(other.id());
    assertThat(witness.id()).isNotEqualTo(other.id());
    assertThat(NoteKey.parse(witness.vkey())).isEqualTo(witness);
    byte[] raw = Base64.getDecoder().decode(witness.vkey().split("\\+", 3)[2]);
    assertThat(raw).hasSize(33).startsWith((byte) 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n1\n",
        "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n1\nAAAA\n",
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
      })
  void whatIsNoCheckpointIsRefused(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text + "\n\u2014 a AAAAAAA=\n"))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void linesAfterTheThirdAreTheLogsOwn() {
    Checkpoint read =
        Checkpoint.parse(
            "a\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n\n\u2014 a AAAAAAA=\n");
    assertThat(read.size()).isEqualTo(7);
    assertThat(read.root()).isEqualTo("0".repeat(64));
    assertThat(read.rootBytes()).hasSize(32);
  }
}
