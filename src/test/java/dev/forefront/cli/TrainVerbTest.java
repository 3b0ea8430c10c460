package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verb {@code train} around the training itself. */
class TrainVerbTest {
  private static final String RECIPE =
      """
      name: watched
      data: {world: {seed: 1, size: 0.01}}
      tokenizer: {vocabulary: 320}
      model: {hidden: 32, intermediate: 64, layers: 1, heads: 2, key_value_heads: 1, context: 64}
      pretrain:
        steps: 8
        rows: 2
        length: 64
        checkpoint: 4
        schedule: {warmup: 2}
        measure: {every: 3, prompts: ["The <cat>"], reply: 4}
      supervised: {length: 64}
      preference: {length: 64}
      """;

  @TempDir Path folder;
  private Path recipe;

  @BeforeEach
  void writeTheRecipe() throws IOException {
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  @Test
  void aRunIsReportedAndComparedWithAnother() throws IOException {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    assertThat(Main.run("train", recipe.toString(), "--run", one.toString())).isZero();
    assertThat(
            Main.run(
                "train",
                recipe.toString(),
                "--run",
                other.toString(),
                "--set",
                "pretrain.optimizer.kind=muon"))
        .isZero();
    assertThat(one.resolve("pretrain/report.html"))
        .content()
        .contains("gradient norm", "after 3 updates: ", "The &lt;cat&gt;")
        .doesNotContain("<cat>", "<script");
    assertThat(other.resolve("recipe.yaml")).content().contains("kind: muon");

    Path page = folder.resolve("compare.html");
    Ran compared =
        Ran.of(
            new TrainVerb(),
            "--compare",
            one.toString(),
            other.toString(),
            "--to",
            page.toString());
    assertThat(compared.out()).contains("as low as the first after", one.toString());
    assertThat(page).content().contains("over seconds of updates", other.toString());
  }

  @Test
  void suitesOnTheWayAreRecordedAndChangeNoByte() throws IOException {
    Path alone = train("alone", "pretrain.measure={every: 0}");
    Path examined =
        train(
            "examined",
            "pretrain.measure.suites={every: 3, names: [perplexity, harmful], samples: 2, tokens:"
                + " 2}");
    String weights = "checkpoints/step-000008/model.safetensors";
    String moments = "checkpoints/step-000008/optimizer.safetensors";
    for (String file : List.of("model/model.safetensors", weights, moments)) {
      assertThat(examined.resolve(file)).hasSameBinaryContentAs(alone.resolve(file));
    }
    String figure = "perplexity/heldout_perplexity";
    List<JsonNode> lines =
        Files.readAllLines(examined.resolve("metrics.jsonl")).stream()
            .map(line -> JsonMapper.shared().readTree(line))
            .filter(line -> line.has(figure))
            .toList();
    assertThat(lines)
        .extracting(line -> line.path("step").asInt())
        .as("after every third update, and after the last")
        .containsExactly(2, 5, 7);
    JsonNode last = lines.getLast();
    assertThat(last.path(figure).asDouble())
        .isBetween(last.path(figure + "/low").asDouble(), last.path(figure + "/high").asDouble());
    assertThat(last.has("harmful/refusal_rate")).isTrue();
    assertThat(examined.resolve("report.html"))
        .content()
        .contains("perplexity/heldout perplexity", "harmful/refusal rate");
  }

  @Test
  void aSuiteThatIsUnknownIsSaidBeforeTheFirstUpdate() {
    Path run = folder.resolve("unknown");
    int exit =
        Main.run(
            "train",
            recipe.toString(),
            "--run",
            run.toString(),
            "--set",
            "pretrain.measure.suites={every: 3, names: [harmfull]}");
    assertThat(exit).isEqualTo(Exit.USAGE);
    assertThat(run.resolve("pretrain/metrics.jsonl")).doesNotExist();
  }

  /** The folder of the pretraining. */
  private Path train(String name, String change) {
    Path run = folder.resolve(name);
    assertThat(Main.run("train", recipe.toString(), "--run", run.toString(), "--set", change))
        .isZero();
    return run.resolve("pretrain");
  }

  @Test
  void anEstimateTrainsNothing() {
    Ran ran = Ran.of(new TrainVerb(), recipe.toString(), "--estimate", "--json");
    JsonNode answer = JsonMapper.shared().readTree(ran.out());
    assertThat(answer.path("parameters").asLong()).isEqualTo(19_552);
    assertThat(answer.path("tried").asBoolean()).isTrue();
    assertThat(answer.path("stages").get(0).path("tokens").asLong()).isEqualTo(8 * 2 * 64);
    assertThat(answer.path("memory_bytes").asLong()).isPositive();
    assertThat(folder.resolve("runs")).doesNotExist();
    assertThat(memory("--set", "model.layers=3", "--set", "pretrain.recompute=true"))
        .as("blocks that are computed again need less")
        .isLessThan(memory("--set", "model.layers=3"));
  }

  private long memory(String... changes) {
    List<String> arguments = new ArrayList<>(List.of(recipe.toString(), "--estimate", "--json"));
    arguments.addAll(List.of(changes));
    Ran ran = Ran.of(new TrainVerb(), arguments.toArray(String[]::new));
    return JsonMapper.shared().readTree(ran.out()).path("memory_bytes").asLong();
  }

  @Test
  void whatIsWrongWithAChangeIsSaidBeforeAnythingRuns() {
    Ran ran = Ran.of(new TrainVerb(), recipe.toString(), "--set", "pretrain.stpes=3");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err())
        .contains("--set pretrain.stpes=3: pretrain.stpes is unknown; did you mean steps?");
  }

  @Test
  void whatIsNoRunCannotBeCompared() {
    Ran ran = Ran.of(new TrainVerb(), "--compare", folder.toString(), folder.toString());
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("is no training that can be looked at");
  }

  @Test
  void aRunThatIsNotThereIsNotBegunByResuming() {
    Path run = folder.resolve("nowhere");
    Ran ran = Ran.of(new TrainVerb(), recipe.toString(), "--run", run.toString(), "--resume");
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("there is nothing to resume");
    assertThat(run).doesNotExist();
  }

  @Test
  void noRecipeIsSaidSo() {
    Ran ran = Ran.of(new TrainVerb());
    assertThat(ran.exit()).isEqualTo(Exit.USAGE);
    assertThat(ran.err()).contains("no recipe is named");
  }
}
