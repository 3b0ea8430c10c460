package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditVerbTest {

  @TempDir Path folder;
  private Path log;
  private String publicKey;

  @BeforeEach
  void fillLog() {
    log = folder.resolve("audit");
    try (AuditLog open = AuditLog.open(log)) {
      publicKey = open.publicKey().base64();
      open.append("reply", Map.of("verdict", "allow"));
      open.append("guard", Map.of("verdict", "block"));
    }
  }

  @Test
  void anIntactLogExitsWith0() {
    var said =
        ReleaseVerbTest.run(
            "audit",
            "verify",
            log.toString(),
            "--json",
            "--public-key",
            publicKey,
            "--checkpoint",
            log.resolve("checkpoint").toString());

    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("\"intact\":true").contains("\"entries\":5");
  }

  @Test
  void aChangedLogExitsWith1AndNamesTheEntry() throws IOException {
    Path file = log.resolve("log.jsonl");
    Files.writeString(file, Files.readString(file).replace("block", "allow"));

    var said = ReleaseVerbTest.run("audit", "verify", log.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).contains("BROKEN at entry 3");
  }

  @Test
  void theNewestEntriesAreShown() {
    assertThat(ReleaseVerbTest.run("audit", "show", log.toString(), "--kind", "guard").out())
        .contains("block")
        .doesNotContain("allow");
    assertThat(ReleaseVerbTest.run("audit", "show", log.toString(), "--last", "1").out())
        .contains("checkpoint")
        .doesNotContain("block");
  }

  @Test
  void aProofIsPrintedAndVerifiedWithoutTheLog() throws IOException {
    var proof = ReleaseVerbTest.run("audit", "prove", log.toString(), "2");
    assertThat(proof.code()).isZero();
    Path file = folder.resolve("proof.json");
    Files.writeString(file, proof.out());

    var said =
        ReleaseVerbTest.run(
            "audit", "verify", "--proof", file.toString(), "--public-key", publicKey);
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("the proof holds for entry 2");

    Files.writeString(file, proof.out().replace("allow", "block"));
    assertThat(
            ReleaseVerbTest.run(
                    "audit", "verify", "--proof", file.toString(), "--public-key", publicKey)
                .code())
        .isEqualTo(1);
  }

  @Test
  void wrongUsageExitsWith2() {
    assertThat(ReleaseVerbTest.run("audit", "verify").code()).isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "verify", folder.toString()).code()).isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "prove", log.toString(), "99").code()).isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "verify", log.toString(), "--public-key", "x").code())
        .isEqualTo(2);
  }
}
