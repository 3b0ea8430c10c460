package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.release.World;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A waiver's life by commands alone: refused, waived, let out, listed, verified, withdrawn. */
class WaiveVerbTest {
  @TempDir Path folder;
  private World world;
  private final String until = LocalDate.now(ZoneOffset.UTC).plusDays(20).toString();

  @BeforeEach
  void makeWorld() {
    world = new World(folder);
    AtomicFile.write(world.policy, World.leaningPolicyText());
    AtomicFile.write(world.report, world.leaningReportText(0.5, 400));
    world.registry();
  }

  @Test
  void aReleaseLeansOnAWaiverAsLongAsItHolds() {
    ReleaseVerbTest.Said refused = propose("--json");
    assertThat(refused.code()).isEqualTo(3);
    JsonNode said = JsonMapper.shared().readTree(refused.out());
    assertThat(said.path("waivable").toString())
        .isEqualTo("[\"ends/self_ended_rate low_at_least\"]");
    String candidate = said.path("candidate").asString();
    assertThat(propose().out())
        .contains("could waive for the candidate " + candidate)
        .contains("  - ends/self_ended_rate low_at_least");

    String[] named = {"--candidate", candidate, "--policy", world.policy.toString()};
    assertThat(waive(0, named).out())
        .contains("is signed by demo-1; still missing: too few signatures: 1 of 3");
    waive(1, named);
    assertThat(waive(2, named).out()).contains("is signed by demo-1, demo-2, demo-3 and holds");
    assertThat(propose().code()).isZero();
    for (int i = 0; i < 2; i++) {
      assertThat(release("sign", "good", "--key", key(i)).code()).isZero();
    }

    String line =
        "waived: ends/self_ended_rate low_at_least, until %sT00:00:00Z, by demo-1, demo-2, demo-3: soon"
            .formatted(until);
    assertThat(release("open", "good").out()).contains(line);
    assertThat(release("open", "good", "--json").out()).contains("\"holds\":true");
    assertThat(release("list").out()).contains(line);
    assertThat(release("list", "--json").out())
        .contains("\"waivers\":[{\"criterion\":\"ends/self_ended_rate low_at_least\"");
    Path page = folder.resolve("case.html");
    assertThat(verify(page).out()).contains(line);
    assertThat(page).content().contains("<h2>Waivers</h2>");

    assertThat(withdraw().out()).contains("is withdrawn: what leans on it does not open");
    assertThat(withdraw().code()).isEqualTo(2);
    assertThat(release("open", "good").code()).isEqualTo(3);
    assertThat(release("list").out())
        .contains("[does not hold: the waiver of ends/self_ended_rate low_at_least was withdrawn");
    assertThat(waive(0).code()).isZero();
    recorded();
  }

  private void recorded() {
    List<Entry> entries = new ArrayList<>();
    AuditLog.read(world.registryFolder.resolve(ReleaseRecord.FOLDER), Pins.NONE, entries::add);
    entries.removeIf(one -> !one.kind().contains("waive") && !one.kind().contains("withdraw"));
    assertThat(entries)
        .extracting(Entry::kind)
        .containsExactly(
            "release.waive", "release.waive", "release.waive", "release.withdraw", "release.waive");
    JsonNode last = entries.get(2).fields();
    assertThat(last.path("release").asString()).isEqualTo("good");
    assertThat(last.path("criterion").asString()).isEqualTo("ends/self_ended_rate");
    assertThat(last.path("until").asString()).isEqualTo(until + "T00:00:00Z");
    assertThat(last.path("reason").asString()).isEqualTo("soon");
    assertThat(last.path("signers").toString()).contains("demo-3");
    assertThat(last.path("holds").asBoolean()).isTrue();
    assertThat(entries.get(3).fields().path("reason").asString()).isEqualTo("complaints");
  }

  @Test
  void whatIsWrongWithARequestIsSaid() {
    assertThat(waive(0, "--candidate", "sha256:00").code()).isEqualTo(2);
    assertThat(waive(0).code()).isEqualTo(2);
    for (String end : List.of("soon", "2026-13-01", "2026-12-31T12", "2020-01-01")) {
      assertThat(
              release(
                      "waive",
                      "good",
                      "--criterion",
                      "ends/self_ended_rate",
                      "--until",
                      end,
                      "--candidate",
                      "sha256:" + "0".repeat(64),
                      "--policy",
                      world.policy.toString(),
                      "--reason",
                      "soon",
                      "--key",
                      key(0))
                  .code())
          .as(end)
          .isEqualTo(2);
    }
  }

  private ReleaseVerbTest.Said propose(String... more) {
    return release(
        "propose",
        List.of(
            "good",
            "--model",
            world.model.toString(),
            "--report",
            world.report.toString(),
            "--policy",
            world.policy.toString()),
        more);
  }

  private ReleaseVerbTest.Said waive(int who, String... more) {
    return release(
        "waive",
        List.of(
            "good",
            "--criterion",
            "ends/self_ended_rate",
            "--until",
            until,
            "--reason",
            "soon",
            "--key",
            key(who)),
        more);
  }

  private ReleaseVerbTest.Said withdraw() {
    return release(
        "withdraw",
        "good",
        "--criterion",
        "ends/self_ended_rate",
        "--reason",
        "complaints",
        "--key",
        key(1));
  }

  private ReleaseVerbTest.Said verify(Path page) {
    return ReleaseVerbTest.run(
        "release",
        "verify",
        world.registryFolder.resolve("good").toString(),
        "--board",
        world.boardFolder.resolve("board.json").toString(),
        "--page",
        page.toString());
  }

  private String key(int i) {
    return world.keys().get(i).toString();
  }

  private ReleaseVerbTest.Said release(String verb, List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    all.addFirst(verb);
    return release(all.toArray(String[]::new));
  }

  private ReleaseVerbTest.Said release(String... words) {
    List<String> all = new ArrayList<>(List.of("release"));
    all.addAll(List.of(words));
    all.addAll(List.of("--registry", world.registryFolder.toString()));
    return ReleaseVerbTest.run(all.toArray(String[]::new));
  }
}
