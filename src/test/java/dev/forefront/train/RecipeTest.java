package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Recipe.DEFAULTS.toYaml().lines().filter(line -> line.matches(".*: \\S.*")).toList());
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
      tokenizer:
        vocabulary: 512
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
        optimizer:
          rate: 0.5
          beta1: 0.8
          beta2: 0.9
          epsilon: 1.0E-7
          weight_decay: 0.2
        schedule:
          kind: wsd
          warmup: 1
          decay: 3
          floor: 0.25
        clip: 2.0
        checkpoint: 5
      supervised:
        steps: 12
        rows: 4
        length: 65
        optimizer:
          rate: 0.6
          beta1: 0.81
          beta2: 0.91
          epsilon: 2.0E-7
          weight_decay: 0.3
        schedule:
          kind: wsd
          warmup: 2
          decay: 4
          floor: 0.35
        clip: 3.0
        checkpoint: 6
      preference:
        steps: 13
        pairs: 5
        length: 66
        beta: 0.3
        label_smoothing: 0.15
        supervised_weight: 0.45
        optimizer:
          rate: 0.7
          beta1: 0.82
          beta2: 0.92
          epsilon: 3.0E-7
          weight_decay: 0.4
        schedule:
          kind: wsd
          warmup: 3
          decay: 5
          floor: 0.55
        clip: 4.0
        checkpoint: 7
      evaluate:
        suites:
        - exam
        samples: 9
        tokens: 19
      policy: policies/other.yaml
      """;
}
