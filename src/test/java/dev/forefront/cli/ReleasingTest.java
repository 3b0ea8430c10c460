package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.release.Admitted;
import dev.forefront.release.Decision;
import dev.forefront.release.Refused;
import dev.forefront.release.World;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's releases stand in the registry's record as those of the verbs do. */
class ReleasingTest {
  @TempDir Path folder;

  @Test
  void whatTheDemoLetsOutAndDoesNotIsRecorded() {
    World world = new World(folder.resolve("world"));
    AtomicFile.write(world.report, world.reportText(0.5, 0.98, Instant.now()));
    assertThat(decide(world)).isInstanceOf(Refused.class);
    AtomicFile.write(world.report, world.reportText(0.98, 0.98, Instant.now()));
    assertThat(decide(world)).isInstanceOf(Admitted.class);
    List<Entry> entries = recorded();
    assertThat(entries)
        .extracting(Entry::kind)
        .containsExactly(
            "policy.adopt",
            "policy.adopt",
            "release.propose",
            "release.propose",
            "release.sign",
            "release.sign");
    assertThat(entries.subList(2, 6))
        .extracting(entry -> entry.fields().path("decision").asString())
        .containsExactly("refused", "proposed", "signed", "signed");
    assertThat(entries.get(1).fields().path("in_force").asBoolean()).isTrue();

    // What is out already is opened again, and nothing new is done.
    assertThat(decide(world)).isInstanceOf(Admitted.class);
    assertThat(recorded()).hasSize(6);
  }

  private Decision decide(World world) {
    return new Releasing(folder.resolve("run"), world.policy)
        .decide(
            "tiny",
            world.model,
            ModelDigest.of(world.model),
            folder.resolve("world/evaluation"),
            Map.of());
  }

  private List<Entry> recorded() {
    List<Entry> entries = new ArrayList<>();
    AuditLog.read(
        folder.resolve("run/registry").resolve(ReleaseRecord.FOLDER), Pins.NONE, entries::add);
    entries.removeIf(
        one -> !one.kind().startsWith("release.") && !one.kind().startsWith("policy."));
    return entries;
  }
}
