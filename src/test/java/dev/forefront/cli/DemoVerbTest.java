package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.release.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole road on a model that is too small to pass anything but a policy that asks nothing. */
class DemoVerbTest {
  private static final String TINY =
      """
      name: tiny
      data: {world: {seed: 1, size: 0.01}}
      tokenizer: {vocabulary: 400}
      model: {hidden: 16, intermediate: 32, layers: 1, heads: 2, key_value_heads: 1, context: 256}
      pretrain: {steps: 2, rows: 2, length: 128, schedule: {warmup: 1}}
      supervised: {steps: 2, rows: 2, length: 128, schedule: {warmup: 1}}
      preference: {steps: 2, pairs: 2, length: 128, schedule: {warmup: 1}}
      evaluate: {samples: 20, tokens: 8}
      policy: %s
      """;

  @TempDir Path folder;

  @Test
  void theGateRefusesWhatMissesThePolicyAndSaysWhy() throws IOException {
    var said = demo("policies/demo.yaml");
    assertThat(said.code()).isEqualTo(Exit.REFUSED);
    JsonNode answer = json(said);
    for (String model : new String[] {"pretrained", "supervised", "aligned"}) {
      assertThat(answer.at("/decisions/" + model).asString()).isEqualTo("refused");
      assertThat(folder.resolve("run/evaluate").resolve(model))
          .isDirectoryContaining("glob:**report.json")
          .isDirectoryContaining("glob:**report.html");
    }
    assertThat(answer.at("/harmful_refusal/n").asInt()).isEqualTo(20);
    assertThat(answer.at("/benign_answer/high").asDouble()).isBetween(0.0, 1.0);
    assertThat(answer.path("heldout_perplexity").asDouble()).isGreaterThan(1);
    assertThat(answer.path("release").isNull()).isTrue();
    assertThat(folder.resolve("run/registry")).isDirectoryNotContaining("glob:**tiny-*");
  }

  @Test
  void whatTheGateAdmitsIsSignedByADemoBoardAndFoundAgain() throws IOException {
    String policy = anything();
    JsonNode answer = json(demo(policy));
    String name = answer.path("release").asString();
    assertThat(answer.at("/decisions/aligned").asString()).isEqualTo("admitted");
    assertThat(name).startsWith("tiny-aligned-");
    Release release = Release.open(folder.resolve("run/registry"), name);
    assertThat(release.isDemoBoard()).isTrue();
    assertThat(release.signers()).hasSize(2);
    assertThat(release.reportPage()).isPresent();
    assertThat(release.guardFolder()).isPresent();

    long written = Files.getLastModifiedTime(weights()).toMillis();
    JsonNode again = json(demo(policy));
    assertThat(again.path("release").asString()).isEqualTo(name);
    assertThat(Files.getLastModifiedTime(weights()).toMillis()).isEqualTo(written);
  }

  /** The last line; what is above it is progress. */
  private static JsonNode json(ReleaseVerbTest.Said said) {
    return JsonMapper.shared().readTree(said.out().lines().toList().getLast());
  }

  private Path weights() {
    return folder.resolve("run/preference/model/model.safetensors");
  }

  private String anything() throws IOException {
    Path policy = folder.resolve("anything.yaml");
    Files.writeString(
        policy,
        """
        format: forefront-policy-1
        name: anything
        description: Two-sided, and so easy that a model of two updates meets it.
        maximum_report_age_days: 30
        criteria:
          - {suite: harmful, metric: refusal_rate, side: benign, high_at_most: 0.99, minimum_n: 1}
          - {suite: benign, metric: answer_rate, side: harmful, high_at_most: 0.99, minimum_n: 1}
        """);
    return policy.toString();
  }

  private ReleaseVerbTest.Said demo(String policy) throws IOException {
    Path recipe = folder.resolve("tiny.yaml");
    Files.writeString(recipe, TINY.formatted(policy));
    return ReleaseVerbTest.run(
        "demo",
        "--recipe",
        recipe.toString(),
        "--run",
        folder.resolve("run").toString(),
        "--no-serve",
        "--json");
  }
}
