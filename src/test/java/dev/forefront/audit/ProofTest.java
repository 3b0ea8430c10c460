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

  @Test
  void theProofIsAlsoWrittenAsOtherToolsReadIt() {
    Proof proof = AuditLog.prove(folder, 7);
    String text = proof.toTlogProof();
    assertThat(text).startsWith("c2sp.org/tlog-proof@v1\nextra ").contains("\nindex 7\n");
    assertThat(text).endsWith("\n\n" + proof.checkpoint().note());
    assertThat(Proof.parse(text)).isEqualTo(proof);
    assertThat(Proof.parse(proof.toJson())).isEqualTo(proof);
    for (String broken :
        new String[] {
          text.replace("index 7", "index 07"),
          text.replace("extra ", "more "),
          text.replace("index ", "at "),
          text.substring(0, text.indexOf("\n\n")),
          "c2sp.org/tlog-proof@v1\n"
        }) {
      assertThatThrownBy(() -> Proof.parse(broken)).isInstanceOf(BadInputException.class);
    }
    assertThat(Proof.parse(text.replace("index 7", "index 8")).holds(key)).isFalse();
  }

  @Test
  void aLaterCheckpointIsProvedToContinueAnEarlierOne() {
    try (AuditLog log = Unsynced.open(folder)) {
      for (int i = 0; i < 600; i++) {
        log.append("reply", Map.of("i", i));
      }
    }
    ContinuityProof proof = ContinuityProof.ofJson(AuditLog.prove(folder, 22, 0).toJson());
    assertThat(proof.holds(key)).isTrue();
    assertThat(proof.from().size()).isEqualTo(22);
    assertThat(proof.to().size()).isGreaterThan(600);
    assertThat(proof.holds(SigningKey.generate().verifying())).isFalse();
    assertThat(new ContinuityProof(proof.to(), proof.from(), proof.path()).holds(key)).isFalse();
    assertThat(
            new ContinuityProof(
                    proof.from(), proof.to(), proof.path().subList(1, proof.path().size()))
                .holds(key))
        .isFalse();
    assertThat(proof.speaksOf(AuditLog.prove(folder, 22, 22).from())).isTrue();
    assertThat(proof.speaksOf(AuditLog.prove(folder, 1, 1).from())).isFalse();
    assertThat(AuditLog.prove(folder, 22, 22).holds(key)).isTrue();
    assertThatThrownBy(() -> AuditLog.prove(folder, 23, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("the nearest sign 22 and ");
    assertThatThrownBy(() -> AuditLog.prove(folder, 0, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none and 1");
    assertThatThrownBy(() -> AuditLog.prove(folder, 22, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("do not continue");
    for (long n : new long[] {0, 255, 256, 511, 512, 600}) {
      assertThat(AuditLog.prove(folder, n).holds(key)).isTrue();
    }
    for (String text :
        new String[] {"", "{}", "[1]", "{\"format\":\"forefront-audit-continuity-1\"}"}) {
      assertThatThrownBy(() -> ContinuityProof.ofJson(text)).isInstanceOf(BadInputException.class);
    }
  }
}
