package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
    assertThat(run).doesNotExist();
  }

  @Test
  void tuningIsExaminedAlikeAndNoByteChanges() throws IOException {
    Path alone = align("alone");
    Path examined =
        align(
            "examined",
            "supervised.measure.suites={every: 2, names: [harmful, perplexity], samples: 2, tokens:"
                + " 2}",
            "preference.measure.suites={every: 3, names: [benign], samples: 2, tokens: 2}");
    for (String stage : List.of("supervised", "preference")) {
      for (String file :
          List.of(
              "model/model.safetensors",
              "checkpoints/step-000004/model.safetensors",
              "checkpoints/step-000004/optimizer.safetensors")) {
        assertThat(examined.resolve(stage).resolve(file))
            .hasSameBinaryContentAs(alone.resolve(stage).resolve(file));
      }
    }
    assertThat(steps(examined.resolve("supervised"), "harmful/refusal_rate")).containsExactly(1, 3);
    assertThat(steps(examined.resolve("supervised"), "perplexity/heldout_perplexity/low"))
        .containsExactly(1, 3);
    assertThat(steps(examined.resolve("preference"), "benign/answer_rate"))
        .as("after every third update, and after the last")
        .containsExactly(2, 3);
    assertThat(steps(examined.resolve("preference"), "harmful/refusal_rate")).isEmpty();
    assertThat(examined.resolve("supervised/report.html")).content().contains("harmful/refusal");
    assertThat(examined.resolve("preference/report.html")).content().contains("benign/answer rate");
  }

  /** The folder of a run that was tuned. */
  private Path align(String name, String... changes) {
    Path run = folder.resolve(name);
    List<String> arguments =
        new ArrayList<>(List.of("align", recipe.toString(), "--run", run.toString()));
    Stream.concat(
            Stream.of(
                "pretrain.measure={every: 0}",
                "pretrain.steps=4",
                "model.context=512",
                "supervised={steps: 4, rows: 2, length: 64, checkpoint: 2, schedule: {warmup: 1}}",
                "preference={steps: 4, pairs: 1, length: 512, checkpoint: 2, schedule: {warmup:"
                    + " 1}}"),
            Stream.of(changes))
        .forEach(change -> arguments.addAll(List.of("--set", change)));
    assertThat(Main.run(arguments.toArray(String[]::new))).isZero();
    return run;
  }

  /** The updates that have a figure. */
  private static List<Integer> steps(Path stage, String figure) throws IOException {
    return Files.readAllLines(stage.resolve("metrics.jsonl")).stream()
        .map(line -> JsonMapper.shared().readTree(line))
        .filter(line -> line.path(figure).isNumber())
        .map(line -> line.path("step").asInt())
        .toList();
  }

  @Test
  void aSuiteOfALaterTrainingIsMissedBeforeTheFirst() {
    Path run = folder.resolve("missing");
    for (String suite : List.of("harmfull", "advbench")) {
      Ran ran =
          Ran.of(
              new AlignVerb(),
              recipe.toString(),
              "--run",
              run.toString(),
              "--data",
              folder.resolve("nothing").toString(),
              "--set",
              "preference.measure.suites={every: 3, names: [%s]}".formatted(suite));
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.err()).containsAnyOf("did you mean harmful?", "data pull eval-advbench");
    }
    assertThat(run).doesNotExist();
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
