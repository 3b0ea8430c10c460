package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.token.Split;
import dev.forefront.train.PreferenceSettings.Loss;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {

  @Test
  void theDefaultsAreTheOnesThatAreWrittenDown() throws IOException {
    String pinned;
    try (var in = RecipeTest.class.getResourceAsStream("defaults.yaml")) {
      pinned = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(Recipe.DEFAULTS.toYaml()).isEqualTo(pinned);
    assertThat(Recipe.parse("", "nothing")).isEqualTo(Recipe.DEFAULTS);
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    assertThat(Recipe.parse(Recipe.DEFAULTS.toYaml(), "written")).isEqualTo(Recipe.DEFAULTS);
  }

  @Test
  void everyKeyThatIsWrittenIsReadBack() {
    Recipe other = Recipe.parse(EVERYTHING_ELSE, "other");
    assertThat(other.toYaml()).isEqualTo(EVERYTHING_ELSE);
    assertThat(EVERYTHING_ELSE.lines())
        .as("no line is a default's, so that none can be ignored unseen")
        .doesNotContainAnyElementsOf(
            Recipe.DEFAULTS
                .toYaml()
                .lines()
                // Of other schedules, and of other losses; the third has nothing to go by.
                .filter(line -> !line.matches(" +(cycles|power|keep_best): .*"))
                .filter(line -> !line.matches(" +((un)?desirable_weight|center): .*"))
                .filter(line -> line.matches(".*: \\S.*"))
                .toList());
  }

  @Test
  void everyProblemIsReportedAtOnceWithItsLine() {
    String yaml =
        """
        name: "no spaces please"
        pretrain:
          stpes: 10
          rows: many
          schedule: {kind: cosin, warmup: 9}
        model:
          hidden: 100
          heads: 3
        optimizer: {}
        """;
    assertThatThrownBy(() -> Recipe.parse(yaml, "bad.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("bad.yaml has 7 problems")
        .hasMessageContaining("line 1: name must be a name")
        .hasMessageContaining("line 3: pretrain.stpes is unknown; did you mean steps?")
        .hasMessageContaining("line 4: pretrain.rows must be a whole number from 1 to 65,536")
        .hasMessageContaining("line 5: pretrain.schedule.kind must be one of constant, linear")
        .hasMessageContaining("model.hidden must be an even multiple of model.heads")
        .hasMessageContaining("line 9: optimizer is unknown");
  }

  @Test
  void everyKindOfScheduleCanBeChosen() {
    assertThat(schedule("kind: cosine_restarts, warmup: 4, cycles: 2"))
        .isEqualTo(new Schedule.CosineRestarts(2e-3, 4, 1200, 2));
    assertThat(schedule("kind: inverse_sqrt, warmup: 8"))
        .isEqualTo(new Schedule.InverseSquareRoot(2e-3, 8));
    assertThat(schedule("kind: polynomial, warmup: 4, floor: 0.5, power: 2"))
        .isEqualTo(new Schedule.Polynomial(2e-3, 4, 1200, 1e-3, 2));
    assertThat(schedule("kind: wsd, warmup: 2, decay: 9, rise: cosine, fall: linear, floor: 0"))
        .isEqualTo(
            new Schedule.WarmupStableDecay(
                2e-3, 2, 1189, 9, Schedule.Shape.COSINE, Schedule.Shape.LINEAR, 0));
  }

  @Test
  void suitesOnTheWayHaveNamesAndAnInterval() {
    for (String stage : List.of("pretrain", "supervised", "preference")) {
      for (String half : List.of("every: 5", "names: [blimp]")) {
        assertThatThrownBy(
                () -> Recipe.parse(stage + ": {measure: {suites: {" + half + "}}}", "half"))
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining(stage + ".measure.suites needs both every above 0 and names");
      }
    }
  }

  @Test
  void aLossBringsItsOwnUsualSettings() {
    assertThat(Recipe.parse("preference: {loss: simpo}", "simpo").preference().objective())
        .isEqualTo(new PreferenceSettings(Loss.SIMPO, 2, 1, 0, 0));
    assertThat(Recipe.parse("preference: {loss: cpo, beta: 0.3}", "cpo").preference().objective())
        .isEqualTo(new PreferenceSettings(Loss.CPO, 0.3, 0, 0, 1));
    assertThat(
            Recipe.parse("preference: {loss: kto, desirable_weight: 1.5}", "kto")
                .preference()
                .objective())
        .isEqualTo(new PreferenceSettings(Loss.KTO, 0.1, 0, 0, 0, 1.5, 1, 0));
    for (Loss loss : Loss.values()) {
      Recipe recipe = Recipe.parse("preference: {loss: %s}".formatted(loss), loss.toString());
      assertThat(recipe.preference().objective()).isEqualTo(loss.usual());
      assertThat(Recipe.parse(recipe.toYaml(), "spelled out")).isEqualTo(recipe);
    }
  }

  @Test
  void whatALossDoesNotKnowIsAProblem() {
    assertThatThrownBy(
            () -> Recipe.parse("preference: {loss: hinge, gamma: 1, label_smoothing: 0.1}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("preference.gamma belongs to loss simpo alone, not hinge")
        .hasMessageContaining("preference.label_smoothing means nothing for loss hinge");
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: kto, supervised_weight: 1}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("preference.supervised_weight means nothing for loss kto");
    assertThatThrownBy(
            () ->
                Recipe.parse(
                    "preference: {loss: reward, beta: 0.5, lora: {rank: 4},"
                        + " measure: {suites: {every: 5, names: [blimp]}}}",
                    "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("preference.beta means nothing for loss reward")
        .hasMessageContaining("preference.lora cannot go with loss reward")
        .hasMessageContaining("preference.measure.suites ask a model that answers");
    assertThatThrownBy(() -> Recipe.parse("preference: {center: 0.1}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("preference.center belongs to loss reward alone, not sigmoid");
    assertThatThrownBy(() -> Recipe.parse("preference: {undesirable_weight: 2}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("belong to kto and apo_zero_unpaired, not to loss sigmoid");
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: exo_pair, label_smoothing: 0}", "no"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("label_smoothing must be above 0 for loss exo_pair");
  }

  @Test
  void aLossOfAnotherNameIsPointedTo() {
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: dpo}", "dpo"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not dpo; DPO is called sigmoid here");
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: simop}", "typed wrongly"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not simop; did you mean simpo?");
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: quadratic}", "nothing like it"))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("not quadratic");
  }

  private static Schedule schedule(String rates) {
    TrainingStage.Pretrain stage =
        Recipe.parse("pretrain: {schedule: {" + rates + "}}", "schedule").pretrain();
    return stage.settings().schedule();
  }

  @Test
  void whatBelongsToAnotherKindOfScheduleIsAProblem() {
    assertThatThrownBy(() -> schedule("kind: inverse_sqrt, warmup: 0, cycles: 2, power: 3"))
        .hasMessageContaining("schedule.cycles belongs to kind cosine_restarts alone")
        .hasMessageContaining("schedule.power belongs to kind polynomial alone")
        .hasMessageContaining("schedule.warmup must be above 0 for kind inverse_sqrt");
  }

  @Test
  void keysAreChangedFromTheCommandLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("r.yaml"), "data: {pretrain: [{set: books}]}");
    Recipe recipe =
        Recipe.read(
            file,
            List.of(
                "pretrain.steps=77",
                "data.pretrain[0].epochs=2",
                "pretrain.optimizer.kind=muon",
                "pretrain.measure={prompts: [Once], every: 5}"));
    assertThat(recipe.pretrain().steps()).isEqualTo(77);
    assertThat(recipe.data().pretrain()).containsExactly(new Recipe.Source("books", 2));
    assertThat(recipe.pretrain().optimizer().kind()).isEqualTo(Recipe.Method.MUON);
    assertThat(recipe.pretrain().measure().prompts()).containsExactly("Once");
  }

  @Test
  void whatIsWrongWithAChangeNamesIt(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("r.yaml"), "pretrain: {steps: x}");
    assertThatThrownBy(
            () ->
                Recipe.read(
                    file,
                    List.of("pretrain.rwos=3", "steps", "seed.x=1", "data.pretrain[4].set=a")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("line 1: pretrain.steps must be a whole number")
        .hasMessageContaining("--set pretrain.rwos=3: pretrain.rwos is unknown; did you mean rows?")
        .hasMessageContaining("--set steps: a change is written as key=value")
        .hasMessageContaining("--set seed.x=1: seed must be a whole number")
        .hasMessageContaining("--set data.pretrain[4].set=a: data.pretrain must be a list");
  }

  @Test
  void everythingFollowsFromADepth() {
    Recipe recipe = Recipe.parse("model: {depth: 12, context: 1024}", "depth");
    assertThat(recipe.model()).isEqualTo(new Recipe.Model(768, 2048, 12, 12, 12, 1024));
    assertThat(recipe.pretrain().optimizer().rate()).isEqualTo(6e-4);
    assertThat(recipe.pretrain().length()).isEqualTo(1024);
    long read = (long) recipe.pretrain().steps() * recipe.pretrain().rows() * 1024;
    double parameters = recipe.model().config(2048, 0).parameters();
    assertThat(read / parameters).isBetween(20.0, 20.1);
    assertThat(Recipe.parse(recipe.toYaml(), "spelled out")).isEqualTo(recipe);
  }

  @Test
  void aDepthFromTheCommandLineStandsOverTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("r.yaml"), Recipe.DEFAULTS.toYaml());
    Recipe recipe = Recipe.read(file, List.of("model.depth=4", "pretrain.rows=3"));
    assertThat(recipe.model()).isEqualTo(new Recipe.Model(256, 704, 4, 4, 4, 256));
    assertThat(recipe.pretrain().rows()).isEqualTo(3);
    assertThat(recipe.pretrain().optimizer().rate()).isEqualTo(1.8e-3);
    assertThat(recipe.supervised()).isEqualTo(Recipe.DEFAULTS.supervised());
  }

  @Test
  void whatIsGivenBesideADepthStands() {
    Recipe recipe =
        Recipe.parse(
            "model: {depth: 4, heads: 2, key_value_heads: 1}\n"
                + "pretrain: {rows: 3, steps: 9, schedule: {warmup: 1}}",
            "depth");
    assertThat(recipe.model()).isEqualTo(new Recipe.Model(256, 704, 4, 2, 1, 256));
    assertThat(recipe.pretrain().rows()).isEqualTo(3);
    assertThat(recipe.pretrain().steps()).isEqualTo(9);
    assertThat(recipe.pretrain().optimizer().rate()).isEqualTo(1.8e-3);
  }

  @Test
  void aKeyGivenTwiceIsAProblem() {
    assertThatThrownBy(() -> Recipe.parse("seed: 1\nseed: 2\n", "twice.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("twice.yaml line 2")
        .hasMessageContaining("seed");
  }

  @Test
  void whatIsNoYamlIsSaidSo() {
    assertThatThrownBy(() -> Recipe.parse("a: [1, 2", "broken.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("broken.yaml line")
        .hasMessageContaining("is no YAML");
    assertThatThrownBy(() -> Recipe.parse("just words", "words.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("must hold keys and values");
  }

  @Test
  void binaryFilesAreNoRecipes(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.yaml");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    assertThatThrownBy(() -> Recipe.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no UTF-8 text");
    assertThatThrownBy(() -> Recipe.read(folder.resolve("missing.yaml")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no recipe at");
  }

  @Test
  void aDigestMovesWithItsPartAndWithNoOther() {
    Recipe one = Recipe.DEFAULTS;
    Recipe two = Recipe.parse("tokenizer: {vocabulary: 4096}", "two");
    assertThat(Recipe.digest(two.data(), two.model()))
        .isEqualTo(Recipe.digest(one.data(), one.model()))
        .startsWith("sha256:");
    assertThat(Recipe.digest(two.tokenizer())).isNotEqualTo(Recipe.digest(one.tokenizer()));
  }

  @Test
  void aVocabularyIsCutInOneOfAFewWays() {
    assertThat(Recipe.parse("tokenizer: {split: llama-bpe}", "x.yaml").tokenizer().split())
        .isEqualTo(Split.LLAMA_BPE);
    assertThatThrownBy(() -> Recipe.parse("tokenizer: {split: gpt2}", "x.yaml"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokenizer.split")
        .hasMessageContaining("did you mean gpt-2?");
    assertThatThrownBy(() -> Recipe.parse("tokenizer: {split: qwen2}", "x.yaml"))
        .hasMessageContaining("stablelm2 cuts alike");
  }

  @TestFactory
  Stream<DynamicTest> everyRecipeOfTheHouseReads() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("recipes"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.toString(),
                      () ->
                          assertThat(file.getFileName())
                              .hasToString(Recipe.read(file).name() + ".yaml")));
    }
  }

  private static final String EVERYTHING_ELSE =
      """
      name: other
      seed: 7
      base: models/other
      data:
        world:
          seed: 8
          size: 0.5
        pretrain:
        - set: books
          epochs: 2.0
        supervised:
        - set: talk
          epochs: 3.0
        preference: []
        held_out: 0.125
        cleaning:
          near_duplicate: 0.7
          decontaminate: 8
          redact: false
          filter: false
        own:
        - name: books
          file: books.jsonl
          licence: ours
          origin: the library
      tokenizer:
        vocabulary: 512
        split: smollm
      model:
        hidden: 64
        intermediate: 160
        layers: 2
        heads: 4
        key_value_heads: 1
        context: 128
      pretrain:
        steps: 11
        rows: 3
        length: 64
        micro_rows: 2
        recompute: true
        optimizer:
          kind: muon
          rate: 0.5
          beta1: 0.81
          beta2: 0.91
          epsilon: 1.5E-7
          weight_decay: 0.2
          muon:
            rate: 0.03
            momentum: 0.81
            nesterov: false
            weight_decay: 0.3
            iterations: 6
            adjust: match_rms_adamw
            precision: bfloat16
        schedule:
          kind: wsd
          warmup: 1
          decay: 3
          floor: 0.25
          rise: cosine
          fall: linear
          cycles: 1
          power: 1.0
        loss:
          label_smoothing: 0.13
          z_loss: 0.001
        clip: 2.0
        checkpoint: 5
        care:
          keep_last: 3
          keep_best: true
          spike: 7.5
          skip:
          - 3
          - 7
        measure:
          every: 6
          tokens: 512
          prompts:
          - Once upon
          reply: 9
          suites:
            every: 8
            names:
            - blimp
            samples: 31
            tokens: 17
      supervised:
        steps: 12
        rows: 4
        length: 65
        micro_rows: 3
        recompute: true
        optimizer:
          kind: muon
          rate: 0.6
          beta1: 0.81
          beta2: 0.92
          epsilon: 2.5E-7
          weight_decay: 0.3
          muon:
            rate: 0.04
            momentum: 0.81
            nesterov: false
            weight_decay: 0.4
            iterations: 7
            adjust: match_rms_adamw
            precision: bfloat16
        schedule:
          kind: wsd
          warmup: 2
          decay: 4
          floor: 0.35
          rise: cosine
          fall: linear
          cycles: 1
          power: 1.0
        loss:
          label_smoothing: 0.11
          z_loss: 0.002
        clip: 3.0
        checkpoint: 6
        care:
          keep_last: 4
          keep_best: false
          spike: 8.5
          skip:
          - 4
          - 8
        lora:
          rank: 4
          alpha: 8.0
          targets:
          - q_proj
        measure:
          suites:
            every: 9
            names:
            - lambada
            samples: 32
            tokens: 18
      preference:
        steps: 13
        pairs: 5
        length: 66
        recompute: true
        loss: simpo
        beta: 0.3
        gamma: 0.7
        label_smoothing: 0.15
        supervised_weight: 0.45
        desirable_weight: 1.0
        undesirable_weight: 1.0
        center: 0.0
        optimizer:
          kind: muon
          rate: 0.7
          beta1: 0.82
          beta2: 0.93
          epsilon: 3.5E-7
          weight_decay: 0.4
          muon:
            rate: 0.05
            momentum: 0.82
            nesterov: false
            weight_decay: 0.5
            iterations: 8
            adjust: match_rms_adamw
            precision: bfloat16
        schedule:
          kind: wsd
          warmup: 3
          decay: 5
          floor: 0.45
          rise: cosine
          fall: linear
          cycles: 1
          power: 1.0
        clip: 4.0
        checkpoint: 7
        care:
          keep_last: 5
          keep_best: false
          spike: 9.5
          skip:
          - 5
          - 9
        lora:
          rank: 2
          alpha: 32.0
          targets:
          - down_proj
        measure:
          suites:
            every: 10
            names:
            - xstest
            samples: 33
            tokens: 20
      compute:
        device: cpu
        precision: bfloat16
        tf32: true
      evaluate:
        suites:
        - exam
        samples: 9
        tokens: 19
      policy: policies/other.yaml
      """;
}
