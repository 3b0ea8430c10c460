package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import org.junit.jupiter.api.Test;

/** What is remembered is what would be computed. */
class RememberedVerifierTest {
  private final SigningKey.Pair pair = SigningKey.generate();
  private final VerifyingKey stranger = SigningKey.generate().verifying();
  private final byte[] message = World.utf8("message");
  private final byte[] signature = pair.signing().sign(message);
  private final RememberedVerifier verifier = new RememberedVerifier();

  private void answersRight() {
    byte[] forged = signature.clone();
    forged[7] ^= 1;
    assertThat(verifier.verifies(pair.verifying(), message, signature)).isTrue();
    assertThat(verifier.verifies(stranger, message, signature)).isFalse();
    assertThat(verifier.verifies(pair.verifying(), World.utf8("massage"), signature)).isFalse();
    assertThat(verifier.verifies(pair.verifying(), message, forged)).isFalse();
    assertThat(verifier.verifies(pair.verifying(), message, new byte[0])).isFalse();
  }

  @Test
  void theSameQuestionHasTheSameAnswer() {
    answersRight();
    answersRight();
  }

  @Test
  void whatIsForgottenIsComputedAnew() {
    answersRight();
    for (int i = 0; i < 5_000; i++) {
      assertThat(verifier.verifies(stranger, World.utf8("message " + i), new byte[0])).isFalse();
    }
    answersRight();
  }
}
