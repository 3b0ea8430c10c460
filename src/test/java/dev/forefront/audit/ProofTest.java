package dev.forefront.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
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

  private static void assertRefused(String text, String why) {
    assertThatThrownBy(() -> Proof.parse(text))
        .as(text)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("this is no proof of an audit entry: " + why);
  }

  @Test
  void aProofThatIsSpelledOtherwiseIsRefusedForThat() {
    Proof proof = AuditLog.prove(folder, 7);
    String hash = proof.path().getFirst();
    String json = proof.toJson();
    assertRefused(json.replace("audit-proof-1", "audit-proof-2"), "its format is not");
    assertRefused(json.replace("\"entry\"", "\"number\""), "its format is not");
    assertRefused(json.replace(hash, hash.substring(2)), "a hash has no 32 bytes");
    assertRefused(json.replace(hash, hash + "00"), "a hash has no 32 bytes");
    assertRefused(json.replace(hash, "zz" + hash.substring(2)), "");
    String text = proof.toTlogProof();
    String lacking = "it has no line \"extra\" with the entry, or no line \"index\"";
    assertRefused(text.replace("extra ", "extro "), lacking);
    assertRefused(text.replace("index ", "place "), lacking);
    assertRefused(text.replaceFirst("index 7\n(?s:.*?)\n\n", "\n"), lacking);
  }

  @Test
  void theOneEntryOfALogIsProvedByItsLineAlone() {
    Path begun = folder.resolve("begun");
    VerifyingKey its;
    try (AuditLog log = AuditLog.open(begun)) {
      its = log.publicKey();
    }
    Proof proof = AuditLog.prove(begun, 0);
    assertThat(proof.path()).isEmpty();
    assertThat(Proof.parse(proof.toTlogProof())).isEqualTo(proof);
    assertThat(Proof.parse(proof.toTlogProof()).holds(its)).isTrue();
  }

  @Test
  void nothingIsProvedOfALogThatNobodySigned() throws IOException {
    Path begun = folder.resolve("begun");
    AuditLog.open(begun).close();
    Path log = begun.resolve("log.jsonl");
    String lines = Files.readString(log);
    Files.writeString(log, lines.substring(0, lines.indexOf('\n') + 1));
    Files.delete(begun.resolve("checkpoint"));
    assertThatThrownBy(() -> AuditLog.prove(begun, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessage("no checkpoint covers the audit log " + begun + " yet");
  }

  @Test
  void aProofOfContinuityIsToldFromOthersAndSpeaksOfItsTwoEnds() {
    ContinuityProof proof = AuditLog.prove(folder, 1, 22);
    Checkpoint one = AuditLog.prove(folder, 1, 1).from();
    Checkpoint all = AuditLog.prove(folder, 22, 22).from();
    assertThat(proof.speaksOf(one)).isTrue();
    assertThat(proof.speaksOf(all)).isTrue();
    assertThat(AuditLog.prove(folder, 1, 1).speaksOf(all)).isFalse();
    assertThat(ContinuityProof.ofJson(proof.toJson())).isEqualTo(proof);
    assertThat(ContinuityProof.isMeantBy(proof.toJson())).isTrue();
    assertThat(ContinuityProof.isMeantBy(AuditLog.prove(folder, 7).toJson())).isFalse();
    assertThatThrownBy(
            () -> ContinuityProof.ofJson(proof.toJson().replace("continuity-1", "continuity-2")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("its format is not forefront-audit-continuity-1");
    assertThatThrownBy(() -> AuditLog.prove(folder, 22, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage("1 entries do not continue 22");
    assertThatThrownBy(() -> AuditLog.prove(folder, 1_000, 0))
        .isInstanceOf(BadInputException.class)
        .hasMessage("no checkpoint signs exactly 1000 entries: the nearest sign 22 and none");
  }
}
