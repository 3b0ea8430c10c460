package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.data.Packer;
import dev.forefront.data.Preference;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.Recall;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;
import dev.forefront.train.TrainingStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
  private static final Recipe.Optimizer FAST = new Recipe.Optimizer(1e-2, 0.9, 0.95, 1e-8, 0);
  private static final Recipe.Rates CONSTANT = new Recipe.Rates(Recipe.Kind.CONSTANT, 0, 0, 0);
  private static final Path REFERENCE =
      Path.of(System.getProperty("forefront.reference")).resolve("alignment/model");

  @TempDir Path folder;
  private Path base;
  private final Tokenizer tokenizer = Tokenizer.open(REFERENCE.resolve("tokenizer.json"));
  private final ChatTemplate template = ChatTemplate.chatMl(tokenizer);

  @BeforeEach
  void writeABase() throws IOException {
    base = folder.resolve("base");
    int end = tokenizer.requireSpecialId("<|im_end|>");
    ModelConfig config = ModelConfig.llama(tokenizer.vocabularySize(), 32, 64, 2, 4, 2, 128, end);
    try (Transformer model = Transformer.initialize(config, 1)) {
      model.write(base);
    }
    Files.copy(REFERENCE.resolve("tokenizer.json"), base.resolve("tokenizer.json"));
  }

  @Test
  void supervisedTuningLearnsToAnswerAndToEndItsTurn() {
    TrainingStage.Supervised settings =
        new TrainingStage.Supervised(60, 2, 64, FAST, CONSTANT, 1, 30);
    Tuned tuned =
        SupervisedTuning.run(base, dialogues(), settings, 5, folder.resolve("run"), Watch.SILENT);
    assertThat(tuned.model().resolve("lineage.json")).content().contains(ModelDigest.of(base));
    assertThat(ModelFolder.config(tuned.model())).isEqualTo(ModelFolder.config(base));
    assertThat(tuned.model().resolve("tokenizer.json")).exists();
    assertThat(answer(tuned.model(), "Hello")).isEqualTo("Good day.");
  }

  @Test
  void preferenceTuningMovesApartWhatTheStartModelHoldsTogether() {
    List<Trainer.Update> updates = new ArrayList<>();
    String before = ModelDigest.of(base);
    PreferenceTuning.run(base, pairs(), preferences(20, 0), 5, folder.resolve("run"), updates::add);
    assertThat(updates.getFirst().loss()).isCloseTo(Math.log(2), within(1e-5));
    assertThat(updates.getFirst().watched().get("rewards/margins")).isCloseTo(0, within(1e-4));
    assertThat(updates.getLast().watched().get("rewards/margins")).isGreaterThan(1);
    assertThat(updates.getLast().watched().get("rewards/accuracies")).isEqualTo(1);
    assertThat(ModelDigest.of(base)).as("the start model stays as it was").isEqualTo(before);
  }

  /** But for DiscoPOP, whose slope at 0 draws two pairs that nothing disturbs the wrong way. */
  @TestFactory
  Stream<DynamicTest> everyLossPrefersTheChosenReplyInTheEnd() {
    return Arrays.stream(PreferenceSettings.Loss.values())
        .filter(loss -> teachesWriting(loss) && loss != PreferenceSettings.Loss.DISCOPOP)
        .map(loss -> DynamicTest.dynamicTest(loss.toString(), () -> checkLearns(loss)));
  }

  /** Those that {@link PreferenceLoss} knows. */
  private static boolean teachesWriting(PreferenceSettings.Loss loss) {
    return loss.isOfPairs() && loss != PreferenceSettings.Loss.REWARD;
  }

  private void checkLearns(PreferenceSettings.Loss loss) {
    Listening watch = new Listening();
    Path run = folder.resolve(loss.toString());
    Path model =
        PreferenceTuning.run(base, pairs(), preferences(12, loss.usual()), 5, run, watch).model();
    assertThat(watch.figure(0, "rewards/margins")).isLessThan(watch.figure(11, "rewards/margins"));
    assertThat(watch.figure(11, "rewards/accuracies")).isEqualTo(1);
    assertThat(watch.scored)
        .as("pairs that the start model read")
        .isEqualTo(loss.readsStart() ? 2 : 0);
    assertThat(model.resolve("lineage.json")).content().contains("\"loss\" : \"" + loss + "\"");
  }

  private static final class Listening implements Watch {
    private final List<Trainer.Update> updates = new ArrayList<>();
    private int scored;

    @Override
    public void updated(Trainer.Update update) {
      updates.add(update);
    }

    @Override
    public void scored(int pairs, int all) {
      scored = pairs;
    }

    double figure(int step, String name) {
      return Objects.requireNonNull(updates.get(step).watched().get(name));
    }
  }

  /** Both log-probabilities fall under plain DPO, and users think it broken (DPO #8, TRL #800). */
  @Test
  void theLikelihoodOfTheChosenReplyHoldsItUp() {
    double plain = lastOfTheChosen(preferences(20, 0));
    double heldUp = lastOfTheChosen(preferences(20, 1));
    assertThat(heldUp).isGreaterThan(plain + 1);
  }

  private double lastOfTheChosen(TrainingStage.Preference settings) {
    List<Trainer.Update> updates = new ArrayList<>();
    Path run = folder.resolve("weight" + settings.objective().supervisedWeight());
    PreferenceTuning.run(base, pairs(), settings, 5, run, updates::add);
    assertThat(updates.getLast().watched().get("rewards/margins")).isPositive();
    return Objects.requireNonNull(updates.getLast().watched().get("logps/chosen"));
  }

  /**
   * A tuning that takes over the rate or the moments of the training before begins near a rate of
   * nothing (nanochat's dialogues) or with a wrong count (OLMo-core v1.0.1).
   */
  @Test
  void aTuningBeginsWithItsOwnRateAndCount() {
    Recipe.Rates falling = new Recipe.Rates(Recipe.Kind.LINEAR, 0, 0, 0);
    TrainingStage.Supervised first = new TrainingStage.Supervised(6, 2, 64, FAST, falling, 1, 3);
    Path answers =
        SupervisedTuning.run(base, dialogues(), first, 5, folder.resolve("first"), Watch.SILENT)
            .model();
    List<Trainer.Update> updates = new ArrayList<>();
    Path run = folder.resolve("second");
    PreferenceTuning.run(answers, pairs(), preferences(4, 0), 5, run, updates::add);
    assertThat(updates).hasSize(4).allMatch(update -> update.rate() == FAST.rate());
    try (SafeTensors state =
        SafeTensors.open(run.resolve("checkpoints/step-000004/optimizer.safetensors"))) {
      assertThat(state.entry("step").floats()).containsOnly(4);
    }
  }

  @Test
  void anInterruptedTuningGoesOnToTheSameBytes() {
    TrainingStage.Preference settings = preferences(8, 0.5);
    Path straight =
        PreferenceTuning.run(base, pairs(), settings, 5, folder.resolve("straight"), Watch.SILENT)
            .model();
    assertThatThrownBy(
            () ->
                PreferenceTuning.run(
                    base,
                    pairs(),
                    settings,
                    5,
                    folder.resolve("broken"),
                    update -> {
                      if (update.step() == 6) {
                        throw new IllegalStateException("stopped on purpose");
                      }
                    }))
        .hasMessage("stopped on purpose");
    List<Integer> steps = new ArrayList<>();
    Path resumed =
        PreferenceTuning.run(
                base,
                pairs(),
                settings,
                5,
                folder.resolve("broken"),
                update -> steps.add(update.step()))
            .model();
    assertThat(steps).containsExactly(4, 5, 6, 7);
    assertThat(resumed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
  }

  @Test
  void everyLossReachesEveryTrainableTensor() {
    try (Transformer model = Transformer.load(base);
        Scope _ = Scope.open()) {
      var batches = Packer.conversations(dialogues(), tokenizer, template, 64).shuffled(2, 1);
      new LanguageModeling(step -> List.of(batches.batch(step))).gradients(model, 0);
      assertEveryGradient(model);
      model.parameters().forEach(parameter -> parameter.tensor().clearGradient());
      for (PreferenceSettings.Loss loss : PreferenceSettings.Loss.values()) {
        for (Recall recall : teachesWriting(loss) ? Recall.values() : new Recall[0]) {
          objective(loss, recall).gradients(model, 0);
          assertEveryGradient(model);
          model.parameters().forEach(parameter -> parameter.tensor().clearGradient());
        }
      }
    }
  }

  private PreferenceObjective objective(PreferenceSettings.Loss loss, Recall recall) {
    List<Pairs.Pair> rendered = Pairs.render(template, pairs(), 64).pairs();
    PairOrder order = new PairOrder(rendered.size(), 2, 1);
    StartScores scores = StartScores.of(base, rendered, order.seen(1), 2, 64, Watch.SILENT);
    return new PreferenceObjective(
        rendered, scores, order, PreferenceLoss.of(loss.usual()), 64, recall);
  }

  @Test
  void pairsThatAllAreTooLongAreSaidSo() {
    TrainingStage.Preference tight =
        new TrainingStage.Preference(
            1, 2, 8, new PreferenceSettings(0.1, 0, 0), FAST, CONSTANT, 1, 1);
    assertThatThrownBy(
            () ->
                PreferenceTuning.run(base, pairs(), tight, 5, folder.resolve("run"), Watch.SILENT))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("2 dropped as longer than 8 tokens");
  }

  @Test
  void everyPairIsSeenOnceAnEpoch() {
    PairOrder order = new PairOrder(10, 5, 3);
    List<Integer> epoch = new ArrayList<>(order.at(0));
    epoch.addAll(order.at(1));
    assertThat(epoch).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(new PairOrder(10, 5, 3).at(1)).isEqualTo(order.at(1));
    assertThat(order.at(2)).isNotEqualTo(order.at(0));
  }

  private static void assertEveryGradient(Transformer model) {
    assertThat(model.parameters())
        .allSatisfy(
            parameter ->
                assertThat(Gradients.norm(parameter)).as(parameter.name()).isGreaterThan(0));
  }

  private static TrainingStage.Preference preferences(int steps, double supervised) {
    return preferences(steps, new PreferenceSettings(0.5, 0, supervised));
  }

  private static TrainingStage.Preference preferences(int steps, PreferenceSettings objective) {
    return new TrainingStage.Preference(steps, 2, 64, objective, FAST, CONSTANT, 1, 4);
  }

  private static List<Conversation> dialogues() {
    return List.of(
        Conversation.of(Message.user("Hello"), Message.assistant("Good day.")),
        Conversation.of(Message.user("Thanks"), Message.assistant("Any time!")));
  }

  private static List<Preference> pairs() {
    return List.of(
        new Preference("a", Conversation.of(Message.user("Hello")), "Good day.", "Go away."),
        new Preference("b", Conversation.of(Message.user("Thanks")), "Any time!", "No."));
  }

  /** Greedy, up to the end of the turn; fails where the turn does not end. */
  private String answer(Path model, String question) {
    List<Integer> ids = new ArrayList<>();
    for (int id :
        template.render(Conversation.of(Message.user(question)), AddGenerationPrompt.YES).ids()) {
      ids.add(id);
    }
    int prompt = ids.size();
    int end = tokenizer.requireSpecialId("<|im_end|>");
    try (Transformer transformer = Transformer.load(model)) {
      while (ids.size() < prompt + 30) {
        int next = likeliest(transformer, ids.stream().mapToInt(i -> i).toArray());
        if (next == end) {
          int[] reply = ids.subList(prompt, ids.size()).stream().mapToInt(i -> i).toArray();
          return tokenizer.decode(reply);
        }
        ids.add(next);
      }
    }
    throw new AssertionError("the turn did not end");
  }

  private static int likeliest(Transformer model, int[] ids) {
    try (Scope _ = Scope.open()) {
      Tensor hidden = model.hidden(TokenInput.of(new int[][] {ids}));
      float[] logits = model.logits(hidden.narrow(1, ids.length - 1, 1)).floats();
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      return best;
    }
  }
}
