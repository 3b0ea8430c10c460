package dev.forefront.cli;

import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import dev.forefront.guard.Guard;
import dev.forefront.release.Admitted;
import dev.forefront.release.Board;
import dev.forefront.release.Decision;
import dev.forefront.release.Draft;
import dev.forefront.release.Proposal;
import dev.forefront.release.Proposed;
import dev.forefront.release.Refused;
import dev.forefront.release.Registry;
import dev.forefront.release.Signatures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Takes measured models before the gate with a demo board of three keys, two of which sign. What
 * the gate says is what comes out: nothing here knows which model should pass.
 */
final class Releasing {
  private final Path run;
  private final Path policy;
  private final Path guard;
  private final Registry registry;

  /**
   * @param run gets {@code board} with the demo keys, {@code guard}, and {@code registry}
   */
  Releasing(Path run, Path policy) {
    this.run = run;
    this.policy = policy;
    this.guard = run.resolve("guard");
    Guard.writeBuiltIn(guard);
    registry = Registry.create(run.resolve("registry"), Board.createDemo(run.resolve("board")));
    adoptPolicy();
  }

  /** The demo's board takes whatever policy the recipe names; it vouches for nothing anyway. */
  private void adoptPolicy() {
    for (Path key : keys()) {
      if (!registry.orders().isInForce(policy)) {
        adoptPolicy(SigningKey.read(key));
      }
    }
  }

  private void adoptPolicy(SigningKey key) {
    int weaknesses = registry.orders().weaknesses(policy).size();
    try (ReleaseRecord record = ReleaseRecord.of(registryFolder())) {
      Signatures signatures = registry.orders().adopt(policy, "the demo's recipe names it", key);
      record.adopted(policy, signatures, weaknesses);
    }
  }

  private List<Path> keys() {
    return Board.demoKeys(run.resolve("board"));
  }

  /**
   * Proposes a model, has two members sign where the gate finds the evidence sufficient, and opens
   * the release. One that was let out before on the same evidence is opened again.
   *
   * @param stem of the release's name; what the model, its report and the policy are follows
   * @param stageReports folders of the reports on earlier stages, by the stage's name
   */
  Decision decide(
      String stem,
      Path model,
      String modelDigest,
      Path reportFolder,
      Map<String, Path> stageReports) {
    String name = name(stem, modelDigest, reportFolder);
    if (registry.contains(name) && registry.open(name) instanceof Admitted admitted) {
      return admitted;
    }
    try (ReleaseRecord record = ReleaseRecord.of(registryFolder())) {
      Proposal proposal = registry.propose(draft(name, model, reportFolder, stageReports));
      record.proposed(name, proposal);
      return switch (proposal) {
        case Refused refused -> refused;
        case Proposed _ -> {
          for (Path key : keys().subList(0, registry.board().threshold())) {
            record.signed(name, registry.sign(name, key));
          }
          yield registry.open(name);
        }
      };
    }
  }

  private Draft draft(String name, Path model, Path reportFolder, Map<String, Path> stageReports) {
    return Draft.of(name, model, List.of(reportFolder), policy)
        .withGuard(guard)
        .withStageReports(stageReports);
  }

  /** Other evidence, another name: a signed release is never replaced. */
  private String name(String stem, String modelDigest, Path reportFolder) {
    String evidence =
        String.join(
            "\n",
            "release 2",
            modelDigest,
            Sha256.hex(reportFolder.resolve("report.json")),
            Sha256.hex(policy),
            Sha256.hex(guard.resolve("rules.yaml")));
    return stem + "-" + Sha256.hex(evidence.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
  }

  /** Where the releases are. */
  Path registryFolder() {
    return run.resolve("registry");
  }
}
