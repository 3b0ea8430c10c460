package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.NoteKey;
import dev.forefront.audit.PersonalText;
import dev.forefront.audit.Witness;
import dev.forefront.audit.WitnessPolicy;
import dev.forefront.audit.WitnessServer;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

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

  @Test
  void aProofInTheFormOfOtherToolsIsVerifiedToo() throws IOException {
    var proof = ReleaseVerbTest.run("audit", "prove", log.toString(), "2", "--tlog");
    assertThat(proof.out()).startsWith("c2sp.org/tlog-proof@v1");
    Path file = folder.resolve("2.tlog-proof");
    Files.writeString(file, proof.out());
    String vkey = NoteKey.ofLog(VerifyingKey.ofBase64(publicKey)).vkey();
    assertThat(
            ReleaseVerbTest.run("audit", "verify", "--proof", file.toString(), "--public-key", vkey)
                .code())
        .isZero();
  }

  @Test
  void continuityIsProvedAndHeldAgainstAKeptCheckpoint() throws IOException {
    var proof = ReleaseVerbTest.run("audit", "prove", log.toString(), "--from", "1");
    Path file = folder.resolve("continuity.json");
    Files.writeString(file, proof.out());
    Path kept = folder.resolve("kept");
    Files.copy(log.resolve("checkpoint"), kept);
    String[] verify = {
      "audit",
      "verify",
      "--proof",
      file.toString(),
      "--public-key",
      publicKey,
      "--checkpoint",
      kept.toString()
    };
    var said = ReleaseVerbTest.run(verify);
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("the proof holds that 4 entries continue 1");
    try (AuditLog open = AuditLog.open(folder.resolve("other"))) {
      open.append("reply", Map.of());
    }
    Files.copy(folder.resolve("other/checkpoint"), kept, StandardCopyOption.REPLACE_EXISTING);
    assertThat(ReleaseVerbTest.run(verify).code()).isEqualTo(1);
    assertThat(ReleaseVerbTest.run("audit", "prove", log.toString(), "--from", "2").code())
        .isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "prove", log.toString()).code()).isEqualTo(2);
  }

  @Test
  void aWitnessCosignsAndIsAskedAtVerifying() throws IOException {
    NoteKey key = NoteKey.ofLog(VerifyingKey.ofBase64(publicKey));
    Path file = folder.resolve("witnesses.policy");
    try (Witness witness = Witness.open(folder.resolve("witness"), "w.example/1", List.of(key));
        WitnessServer server = WitnessServer.start(witness, "127.0.0.1", 0)) {
      Files.writeString(
          file,
          "log %s\nwitness w %s http://127.0.0.1:%d\nquorum w\n"
              .formatted(key.vkey(), witness.key().vkey(), server.port()));
      String[] verify = {"audit", "verify", log.toString(), "--witnesses", file.toString()};
      assertThat(ReleaseVerbTest.run(verify).code()).isEqualTo(1);
      AuditLog.open(log, WitnessPolicy.parse(Files.readString(file))).close();
      var said = ReleaseVerbTest.run(verify);
      assertThat(said.code()).isZero();
      assertThat(said.out()).contains("witness w.example/1: the first 4 entries");
      String vkey = witness.key().vkey();
      assertThat(
              ReleaseVerbTest.run(
                      "audit", "verify", log.toString(), "--witness-key", vkey, "--json")
                  .out())
          .contains("\"witnessed\":4");
      assertThat(
              ReleaseVerbTest.run(
                      "audit", "verify", log.toString(), "--witnesses", file.toString(), "--ask")
                  .code())
          .isZero();
      // Set back to before its last two entries, with all that lies beside: the witness knows.
      Files.delete(log.resolve("cosigned").resolve(cosigned()));
      List<String> lines = Files.readAllLines(log.resolve("log.jsonl"));
      Files.write(log.resolve("log.jsonl"), lines.subList(0, 2));
      Files.writeString(
          log.resolve("checkpoint"),
          JsonMapper.shared().readTree(lines.get(1)).at("/fields/note").asString());
      assertThat(ReleaseVerbTest.run("audit", "verify", log.toString()).code()).isZero();
      var asked =
          ReleaseVerbTest.run(
              "audit", "verify", log.toString(), "--witnesses", file.toString(), "--ask");
      assertThat(asked.code()).isEqualTo(1);
      assertThat(asked.out()).contains("entries are missing at the end");
    }
    assertThat(
            ReleaseVerbTest.run(
                    "audit", "verify", log.toString(), "--witnesses", file.toString(), "--ask")
                .code())
        .isEqualTo(2);
  }

  private String cosigned() throws IOException {
    try (var files = Files.list(log.resolve("cosigned"))) {
      return files.findFirst().orElseThrow().getFileName().toString();
    }
  }

  @Test
  void theWitnessVerbSaysItsKeyAndEndsWhenToldTo() throws Exception {
    Path state = folder.resolve("witness");
    ReleaseVerbTest.Said[] said = new ReleaseVerbTest.Said[1];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () ->
                    said[0] =
                        ReleaseVerbTest.run(
                            "audit", "witness", "--state", state.toString(), "--port", "0"));
    // It serves once it waits to be told to end.
    for (int i = 0;
        i < 1000
            && !(Files.exists(state.resolve("logs")) && thread.getState() == Thread.State.WAITING);
        i++) {
      Thread.sleep(10);
    }
    thread.interrupt();
    thread.join();
    assertThat(said[0].code()).isZero();
    assertThat(said[0].out()).contains(Files.readString(state.resolve("witness.vkey")).strip());
    assertThat(
            ReleaseVerbTest.run("audit", "witness", "--state", state.toString(), "--port", "-1")
                .code())
        .isEqualTo(2);
  }

  @Test
  void textsAreErasedAndCounted() throws IOException {
    try (AuditLog open = AuditLog.open(log)) {
      for (String caller : List.of("ann", "ben")) {
        open.append(
            "request",
            Map.of(),
            new PersonalText(
                Map.of("caller", caller, "request_id", "r-" + caller),
                Map.of("prompt", "I am " + caller)));
      }
    }
    var erased = ReleaseVerbTest.run("audit", "erase", log.toString(), "--user", "ann");
    assertThat(erased.code()).isZero();
    assertThat(erased.out()).contains("texts of 1 entries are erased");
    assertThat(ReleaseVerbTest.run("audit", "verify", log.toString()).out())
        .contains("texts of 1 entries are kept, of 1 erased on the record, of 0 missing");
    assertThat(
            ReleaseVerbTest.run("audit", "erase", log.toString(), "--request", "r-ann", "--json")
                .out())
        .contains("\"erased\":0");
    assertThat(
            ReleaseVerbTest.run("audit", "erase", log.toString(), "--before", "2999-01-31").out())
        .contains("texts of 1 entries");
    assertThat(ReleaseVerbTest.run("audit", "erase", log.toString(), "--before", "x").code())
        .isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "erase", log.toString()).code()).isEqualTo(2);
    assertThat(ReleaseVerbTest.run("audit", "erase", folder.toString(), "--user", "x").code())
        .isEqualTo(2);
  }

  @Test
  void tilesAreExported() {
    Path tiles = folder.resolve("tiles");
    var said = ReleaseVerbTest.run("audit", "export", log.toString(), "--tiles", tiles.toString());
    assertThat(said.out()).contains("4 entries are in");
    assertThat(tiles.resolve("tile/entries/000.p/4")).isRegularFile();
    assertThat(tiles.resolve("checkpoint")).isRegularFile();
  }

  @Test
  void theBenchSaysWhatAppendingCosts() {
    var said =
        ReleaseVerbTest.run(
            "bench",
            "audit",
            "--entries",
            "300",
            "--threads",
            "8",
            "--json",
            "--folder",
            folder.resolve("bench").toString());
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("append_microseconds_amortised").contains("\"syncs\":");
  }
}
