package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Preference;
import dev.forefront.model.Head;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.PreferenceSettings.Loss;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;
import dev.forefront.train.TrainingStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardTuningTest {
  private static final Path TOKENIZER =
      Path.of(System.getProperty("forefront.reference")).resolve("alignment/model/tokenizer.json");

  @TempDir Path folder;
  private Path base;

  @BeforeEach
  void writeABase() throws IOException {
    base = folder.resolve("base");
    Tokenizer tokenizer = Tokenizer.open(TOKENIZER);
    int end = tokenizer.requireSpecialId("<|im_end|>");
    ModelConfig config = ModelConfig.llama(tokenizer.vocabularySize(), 32, 64, 2, 4, 2, 128, end);
    try (Transformer model = Transformer.initialize(config, 1)) {
      model.write(base);
    }
    Files.copy(TOKENIZER, base.resolve("tokenizer.json"));
  }

  @Test
  void theBetterReplyGetsTheHigherReward() {
    List<Trainer.Update> updates = new ArrayList<>();
    Path model = tune("run", 0, updates::add);
    assertThat(figure(updates.getLast(), "accuracy")).isEqualTo(1);
    assertThat(figure(updates.getLast(), "margin")).isGreaterThan(1);
    try (RewardModel judge = RewardModel.open(model)) {
      assertThat(judge.reward(reply("Hello", "Good day.")))
          .isGreaterThan(judge.reward(reply("Hello", "Go away.")) + 1);
      assertThat(judge.reward(reply("Thanks", "Any time!")))
          .isGreaterThan(judge.reward(reply("Thanks", "No.")) + 1);
    }
  }

  @Test
  void centringKeepsRewardsNearNothing() {
    List<Trainer.Update> free = new ArrayList<>();
    List<Trainer.Update> centred = new ArrayList<>();
    tune("free", 0, free::add);
    tune("centred", 1, centred::add);
    assertThat(Math.abs(figure(centred.getLast(), "mean_reward"))).isLessThan(0.1);
    assertThat(figure(centred.getLast(), "margin")).isPositive();
    double apart = Math.log(2) + Math.log1p(Math.exp(2));
    assertThat(free.getFirst().loss())
        .as("nothing learnt yet; one of both pairs has a margin of 2")
        .isCloseTo(apart / 2, within(0.1));
  }

  @Test
  void anInterruptedTuningGoesOnToTheSameBytes() {
    Path straight = tune("straight", 0.01, Watch.SILENT);
    assertThatThrownBy(
            () ->
                tune(
                    "broken",
                    0.01,
                    update -> {
                      if (update.step() == 6) {
                        throw new IllegalStateException("stopped on purpose");
                      }
                    }))
        .hasMessage("stopped on purpose");
    List<Integer> steps = new ArrayList<>();
    Path resumed = tune("broken", 0.01, update -> steps.add(update.step()));
    assertThat(steps).startsWith(4).endsWith(15);
    assertThat(resumed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
  }

  @Test
  void theModelIsOneThatOtherProgramsKnow() {
    Path model = tune("run", 0, Watch.SILENT);
    assertThat(model.resolve("config.json"))
        .content()
        .contains("\"LlamaForSequenceClassification\"", "\"id2label\"");
    assertThat(ModelFolder.config(model).head()).isEqualTo(Head.REWARD);
    try (SafeTensors weights = SafeTensors.open(model)) {
      assertThat(weights.entry("score.weight").shape()).containsExactly(1, 32);
      assertThat(weights.entries()).doesNotContainKey("lm_head.weight");
    }
    assertThat(model.resolve("lineage.json")).content().contains("\"loss\" : \"reward\"");
  }

  @Test
  void itWritesNothingAndAWriterJudgesNothing() {
    Path model = tune("run", 0, Watch.SILENT);
    assertThatThrownBy(() -> ModelWeights.open(model))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is a reward model, which judges replies and writes none");
    assertThatThrownBy(() -> RewardModel.open(base))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no reward model");
    assertThat(RewardModel.isIn(model)).isTrue();
    assertThat(RewardModel.isIn(base)).isFalse();
    assertThat(RewardModel.isIn(TOKENIZER)).isFalse();
  }

  @Test
  void aReplyThatTheModelCannotReadIsSaidSo() {
    Path model = tune("run", 0, Watch.SILENT);
    try (RewardModel judge = RewardModel.open(model)) {
      assertThatThrownBy(() -> judge.reward(reply("Hello", "a b ".repeat(99))))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("the model reads at most 128");
    }
  }

  private static double figure(Trainer.Update update, String name) {
    return Objects.requireNonNull(update.watched().get(name));
  }

  private static Conversation reply(String prompt, String reply) {
    return Conversation.of(Message.user(prompt), Message.assistant(reply));
  }

  private Path tune(String run, double center, Watch watch) {
    TrainingStage.Preference settings =
        new TrainingStage.Preference(
            16,
            2,
            64,
            new PreferenceSettings(Loss.REWARD, 0.1, 0, 0, 0, 1, 1, center),
            new Recipe.Optimizer(1e-2, 0.9, 0.95, 1e-8, 0),
            new Recipe.Rates(Recipe.Kind.CONSTANT, 0, 0, 0),
            1,
            4);
    List<Preference> pairs =
        List.of(
            new Preference("a", Conversation.of(Message.user("Hello")), "Good day.", "Go away."),
            new Preference("b", Conversation.of(Message.user("Thanks")), "Any time!", "No.", 2));
    return RewardTuning.run(base, pairs, settings, 5, folder.resolve(run), watch).model();
  }
}
