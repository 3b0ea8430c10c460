package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied into a registry, and what a member is asked to sign. */
class ProposalTest {

  @TempDir Path folder;
  private World world;
  private Registry registry;

  @BeforeEach
  void makeWorld() {
    world = new World(folder);
    registry = world.registry();
  }

  @Test
  void aProposalSaysWhereItLiesAndWhatItTakes() {
    assertThat(registry.propose(world.draft("one")))
        .isEqualTo(new Proposed("one", registry.folder("one"), ModelDigest.of(world.model), 2));
    assertThat(world.registryFolder.resolve(".staging")).isEmptyDirectory();
  }

  @Test
  void onlyTheModelsOwnFilesComeAlong() throws IOException {
    AtomicFile.write(world.model.resolve("notes.txt"), "private");
    AtomicFile.write(world.model.resolve("checkpoints/model.safetensors"), "older");
    registry.propose(world.draft("one"));

    assertThat(filesOf("one"))
        .containsExactly(
            "ml-bom.cdx.json",
            "model-card.md",
            "model/config.json",
            "model/model.safetensors",
            "model/tokenizer.json",
            "policy.yaml",
            "reports/1/report.html",
            "reports/1/report.json",
            "safety-case.html",
            "statement.dsse.json");
    assertThat(registry.folder("one").resolve("model/model.safetensors"))
        .hasSameBinaryContentAs(world.model.resolve("model.safetensors"));
  }

  @Test
  void allThatADraftNamesComesAlongUnderItsOwnName() throws IOException {
    AtomicFile.write(folder.resolve("guard/rules.yaml"), "rules");
    AtomicFile.write(folder.resolve("guard/heads/a.bin"), "heads");
    AtomicFile.write(folder.resolve("principles.md"), "Be kind.\n");
    Path second = folder.resolve("second/report.json");
    AtomicFile.write(second, world.reportText(0.98, 0.98, Instant.now()));
    AtomicFile.write(
        folder.resolve("from.json"),
        "{\"format\":\"forefront-lineage-1\",\"parent\":\"sha256:%s\"}".formatted("5".repeat(64)));
    Draft draft =
        Draft.of("one", world.model, List.of(world.report.getParent(), second), world.policy)
            .withGuard(folder.resolve("guard"))
            .withConstitution(folder.resolve("principles.md"))
            .withLineage(folder.resolve("from.json"))
            .withStageReports(Map.of("parent", second));
    assertThat(registry.propose(draft)).isInstanceOf(Proposed.class);

    assertThat(filesOf("one"))
        .contains(
            "constitution.md",
            "guard/heads/a.bin",
            "guard/rules.yaml",
            "lineage.json",
            "reports/1/report.html",
            "reports/1/report.json",
            "reports/2/report.json",
            "stages/parent/report.json")
        .doesNotContain("reports/2/report.html");
  }

  @Test
  void whatAProposalThatWasKilledLeftBehindDoesNotComeAlong() throws IOException {
    AtomicFile.write(world.registryFolder.resolve(".staging/one/model/evil.safetensors"), "evil");
    AtomicFile.write(world.registryFolder.resolve(".staging/one/guard/rules.yaml"), "none");
    assertThat(registry.propose(world.draft("one"))).isInstanceOf(Proposed.class);
    assertThat(filesOf("one"))
        .contains("model/model.safetensors")
        .doesNotContain("model/evil.safetensors", "guard/rules.yaml");
  }

  @Test
  void theLineageThatADraftNamesGoesBeforeTheOneBesideTheWeights() throws IOException {
    String text = "{\"format\":\"forefront-lineage-1\",\"parent\":\"sha256:%s\"}";
    AtomicFile.write(world.model.resolve("lineage.json"), text.formatted("1".repeat(64)));
    AtomicFile.write(folder.resolve("from.json"), text.formatted("2".repeat(64)));
    registry.propose(world.draft("one"));
    registry.propose(world.draft("two").withLineage(folder.resolve("from.json")));

    assertThat(registry.folder("one").resolve("lineage.json"))
        .hasSameTextualContentAs(world.model.resolve("lineage.json"));
    assertThat(registry.folder("two").resolve("lineage.json"))
        .hasSameTextualContentAs(folder.resolve("from.json"));
  }

  @Test
  void underAPolicyThatNobodyAdoptedNothingIsProposedAndNothingSigned() {
    registry.propose(world.draft("one"));
    Path other = folder.resolve("other.yaml");
    AtomicFile.write(other, World.policyText().replace("name: test", "name: other"));
    assertThat(
            ((Refused) registry.propose(Draft.of("two", world.model, List.of(world.report), other)))
                .reasons())
        .containsExactly(
            "the policy \"other\" is not in force: the board has to adopt exactly this file");

    AtomicFile.write(world.policy, World.policyText().replace("0.94", "0.95"));
    World.adopt(registry, world.policy, world.keys());
    assertThatThrownBy(() -> registry.sign("one", world.keys().get(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the policy \"test\" is not in force");
  }

  @Test
  void theNameOfWhatTheBoardCalledBackIsNotUsedAgain() {
    registry.propose(world.draft("one"));
    registry.revoke("one", "invents doses", SigningKey.read(world.keys().get(0)));
    assertThatThrownBy(() -> registry.propose(world.draft("one")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("called back (it is revoked: invents doses)");
  }

  @Test
  void onlyWhatIsThereIsStopped() {
    assertThatThrownBy(() -> registry.stop("none", "a test", SigningKey.read(world.keys().get(0))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("none");
    registry.propose(world.draft("one"));
    registry.stop("one", "a test", SigningKey.read(world.keys().get(0)));
    assertThat(registry.orders().standing("one")).isInstanceOf(Standing.Stopped.class);
  }

  @Test
  void whatADraftNamesAndDoesNotHaveIsNamed() {
    Path nowhere = folder.resolve("nowhere");
    for (Draft draft :
        List.of(
            world.draft("one").withGuard(nowhere),
            world.draft("one").withConstitution(nowhere),
            world.draft("one").withLineage(nowhere),
            world.draft("one").withStageReports(Map.of("base", nowhere)),
            Draft.of("one", world.model, List.of(nowhere), world.policy),
            Draft.of("one", world.model, List.of(world.report), nowhere))) {
      assertThatThrownBy(() -> registry.propose(draft))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("nowhere");
    }
    assertThatThrownBy(
            () ->
                registry.propose(world.draft("one").withStageReports(Map.of("../x", world.report))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no name of a stage");
    AtomicFile.write(folder.resolve("guard/.hidden"), "x");
    assertThatThrownBy(
            () -> registry.propose(world.draft("one").withGuard(folder.resolve("guard"))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("cannot be released under this name");
    assertThat(registry.contains("one")).isFalse();
  }

  @Test
  void aPolicyThatIsNoneIsNamedByItsOwnFile() {
    AtomicFile.write(world.policy, "format: forefront-policy-1\n");
    assertThatThrownBy(() -> registry.propose(world.draft("one")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(world.policy.toString());
    assertThat(world.registryFolder.resolve(".staging")).isEmptyDirectory();
  }

  @Test
  void nobodySignsUnderEvidenceThatHasGrownStale() {
    registry.propose(world.draft("one"));
    Registry later = later();

    assertThatThrownBy(() -> later.sign("one", world.keys().get(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is stale");
  }

  @Test
  void nobodySignsWhatHasNoReadablePolicyOrIsAnothersStatement() throws IOException {
    registry.propose(world.draft("one"));
    Path policy = registry.folder("one").resolve("policy.yaml");
    byte[] bytes = Files.readAllBytes(policy);
    Files.writeString(policy, "none");
    assertThatThrownBy(() -> registry.sign("one", world.keys().get(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("policy.yaml is no policy");
    Files.write(policy, bytes);

    registry.propose(world.draft("two"));
    Files.copy(
        registry.folder("two").resolve(ReleaseFiles.STATEMENT),
        registry.folder("one").resolve(ReleaseFiles.STATEMENT),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> registry.sign("one", world.keys().get(0)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the statement is about \"two\"");
  }

  @Test
  void nobodySignsForABoardThatHasEnded() {
    Members people = new Members();
    Path there = folder.resolve("ended");
    Clock then = Clock.fixed(Instant.now(), ZoneOffset.UTC);
    Board board =
        people
            .simple(1, "ann bob")
            .with("2999-01-01T00:00:00Z", Instant.now().plusSeconds(3600).toString())
            .parse();
    Registry.create(there, board);
    Registry now = Registry.at(there, then);
    now.orders().adopt(world.policy, "first", people.key("ann"));
    now.orders().adopt(world.policy, "first", people.key("bob"));
    now.propose(world.draft("one"));
    Registry later = Registry.at(there, Clock.offset(then, java.time.Duration.ofHours(2)));

    assertThatThrownBy(() -> later.sign("one", people.key("ann")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("ended at");
    assertThat(now.sign("one", people.key("ann")).missing())
        .isEqualTo("too few signatures: 1 of 2");
  }

  private Registry later() {
    return Registry.at(
        world.registryFolder,
        Clock.fixed(Instant.now().plusSeconds(40L * 24 * 3600), ZoneOffset.UTC));
  }

  private List<String> filesOf(String name) throws IOException {
    Path release = registry.folder(name);
    try (Stream<Path> all = Files.walk(release)) {
      return all.filter(Files::isRegularFile)
          .map(file -> release.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
