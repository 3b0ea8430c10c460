package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is signed, and in which one spelling it is kept. */
class EnvelopeTest {
  private static final byte[] SAID = World.utf8("hello");
  private final Envelope signed =
      Envelope.unsigned(SAID)
          .plus(new Envelope.Signature("ann", new byte[] {1, 2, 3}))
          .plus(new Envelope.Signature("bob", new byte[] {4}));

  /** The example of the protocol's own text, for our type. */
  @Test
  void whatIsSignedIsTheProtocolsEncoding() {
    assertThat(
            new String(Envelope.unsigned(SAID).preAuthenticationEncoding(), StandardCharsets.UTF_8))
        .isEqualTo("DSSEv1 28 application/vnd.in-toto+json 5 hello");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Envelope read = Envelope.parse(signed.json(), "here");
    assertThat(read.payload()).isEqualTo(SAID);
    assertThat(read.signatures())
        .extracting(Envelope.Signature::keyId)
        .containsExactly("ann", "bob");
    assertThat(read.signatures().getFirst().bytes()).containsExactly(1, 2, 3);
    assertThat(read.json()).isEqualTo(signed.json());
    assertThat(Envelope.parse(Envelope.unsigned(SAID).json(), "here").signatures()).isEmpty();
  }

  @Test
  void whoHoldsItsBytesCannotChangeIt() {
    byte[] mine = SAID.clone();
    Envelope envelope = Envelope.unsigned(mine);
    Arrays.fill(mine, (byte) 0);
    Arrays.fill(envelope.payload(), (byte) 0);
    assertThat(envelope.payload()).isEqualTo(SAID);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vnd.in-toto+json | vnd.other+json | payloadType must be application/vnd.in-toto+json",
        "\"payload\" : \" | \"payload\" : \"! | no base64",
        "\"sig\" : \" | \"sig\" : \"! | no base64",
        "\"sig\" : | \"more\" : 1, \"sig\" : | more is no key here",
        "\"signatures\" | \"more\" : 1, \"signatures\" | more is no key here",
        "\"keyid\" | \"key\" | keyid",
        "aGVsbG8= | aGVsbG9= | its bytes are not written as an envelope is",
        "\"sig\" : \"BA==\" | \"sig\" : \"BB==\" | its bytes are not written as an envelope is",
        "\"sig\" : | \"sig\":  | its bytes are not written as an envelope is"
      })
  void anotherSpellingIsNoEnvelope(String was, String is, String why) {
    String text = new String(signed.json(), StandardCharsets.UTF_8);
    assertThat(text).contains(was);
    assertThatThrownBy(() -> Envelope.parse(World.utf8(text.replace(was, is)), "here"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("here is no signed statement: ")
        .hasMessageContaining(why);
  }

  @Test
  void whatFollowsAnEnvelopeIsNotOverlooked() {
    byte[] longer = Arrays.copyOf(signed.json(), signed.json().length + 1);
    longer[longer.length - 1] = '\n';
    assertThatThrownBy(() -> Envelope.parse(longer, "here"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("its bytes are not written as an envelope is");
  }
}
