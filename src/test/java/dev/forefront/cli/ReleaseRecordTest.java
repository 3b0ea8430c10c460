package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.audit.Verification;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.release.World;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the board and the gate decided stands in the registry's own record. */
class ReleaseRecordTest {

  @TempDir Path folder;

  @Test
  void proposalsAndSignaturesAreRecordedAndSoIsTheGatesNo() {
    World world = new World(folder);
    world.registry();
    String registry = world.registryFolder.toString();
    String report = folder.resolve("evaluation").toString();
    String[] propose = {
      "release",
      "propose",
      "good",
      "--model",
      world.model.toString(),
      "--report",
      report,
      "--policy",
      world.policy.toString(),
      "--registry",
      registry
    };
    AtomicFile.write(world.report, world.reportText(0.5, 0.4, Instant.now()));
    assertThat(ReleaseVerbTest.run(propose).code()).isEqualTo(3);
    AtomicFile.write(world.report, world.reportText(0.98, 0.98, Instant.now()));
    assertThat(ReleaseVerbTest.run(propose).code()).isZero();
    String key = world.keys().getFirst().toString();
    String[] sign = {"release", "sign", "good", "--key", key, "--registry", registry};
    assertThat(ReleaseVerbTest.run(sign).code()).isZero();

    List<Entry> entries = new ArrayList<>();
    Path record = world.registryFolder.resolve(ReleaseRecord.FOLDER);
    assertThat(AuditLog.read(record, Pins.NONE, entries::add))
        .isInstanceOf(Verification.Intact.class);
    entries.removeIf(entry -> !entry.kind().startsWith("release."));
    assertThat(entries)
        .extracting(Entry::kind)
        .containsExactly("release.propose", "release.propose", "release.sign");
    assertThat(entries)
        .extracting(entry -> entry.fields().path("decision").asString())
        .containsExactly("refused", "proposed", "signed");
    assertThat(entries.getFirst().fields().path("reasons").toString())
        .contains("harmful/refusal_rate");
    assertThat(entries)
        .allSatisfy(
            entry ->
                assertThat(entry.fields().path("who").asString())
                    .isEqualTo(System.getProperty("user.name")));
    assertThat(ReleaseVerbTest.run("release", "list", "--registry", registry).out())
        .contains("good")
        .doesNotContain("audit");
  }
}
