package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofTest {

  @TempDir Path folder;
  private VerifyingKey key;

  @BeforeEach
  void fillLog() {
    try (AuditLog log = AuditLog.open(folder)) {
      key = log.publicKey();
      for (int i = 0; i < 20; i++) {
        log.append("reply", Map.of("i", i, "text", "a\ud800b \u00e9"));
      }
    }
  }

  @Test
  void everyCoveredEntryIsProvedWithoutTheLog() {
    for (long n = 0; n < 22; n++) {
      Proof proof = Proof.ofJson(AuditLog.prove(folder, n).toJson());
      assertThat(proof.holds(key)).isTrue();
      assertThat(proof.line()).contains("\"n\":" + n + ",");
    }
  }

  @Test
  void anotherLineAnotherPlaceOrAnotherKeyDoesNotHold() {
    Proof proof = AuditLog.prove(folder, 7);
    assertThat(
            new Proof(
                    7, proof.line().replace("\"i\":5", "\"i\":6"), proof.path(), proof.checkpoint())
                .holds(key))
        .isFalse();
    assertThat(new Proof(8, proof.line(), proof.path(), proof.checkpoint()).holds(key)).isFalse();
    assertThat(proof.holds(SigningKey.generate().verifying())).isFalse();
  }

  @Test
  void anEntryThatNoCheckpointCoversIsNotProvedYet() {
    assertThatThrownBy(() -> AuditLog.prove(folder, 22))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not covered by a checkpoint yet");
    assertThatThrownBy(() -> AuditLog.prove(folder, -1)).isInstanceOf(BadInputException.class);
  }

  @Test
  void whatIsNoProofIsRefused() {
    for (String text : new String[] {"", "{}", "[1]", "{\"format\":\"forefront-audit-proof-1\"}"}) {
      assertThatThrownBy(() -> Proof.ofJson(text)).isInstanceOf(BadInputException.class);
    }
  }
}
