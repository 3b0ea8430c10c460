package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.Lora;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KtoTuningTest {
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

  private static final class Listening implements Watch {
    private final List<Trainer.Update> updates = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();
    private int stopAt = Integer.MAX_VALUE;

    @Override
    public void updated(Trainer.Update update) {
      updates.add(update);
      if (update.step() == stopAt) {
        throw new IllegalStateException("stopped on purpose");
      }
    }

    @Override
    public void advised(String words) {
      advice.add(words);
    }

    double last(String name) {
      return Objects.requireNonNull(updates.getLast().watched().get(name));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"KTO", "APO_ZERO_UNPAIRED"})
  void desirableRepliesBecomeWorthMoreThanUndesirableOnes(Loss loss) {
    Listening watch = new Listening();
    Tuned tuned = tune("run", loss.usual(), judged(), watch);
    assertThat(watch.updates.getFirst().loss())
        .as("nothing moved yet")
        .isCloseTo(0.5, within(1e-4));
    assertThat(watch.last("rewards/margins")).isGreaterThan(1);
    assertThat(watch.last("rewards/rejected")).isNegative();
    assertThat(watch.updates.getLast().watched().containsKey("kl")).isEqualTo(loss == Loss.KTO);
    assertThat(watch.advice).isEmpty();
    assertThat(tuned.summary()).startsWith("4 judged replies, 2 of them desirable, 0 dropped");
    assertThat(tuned.model().resolve("lineage.json"))
        .content()
        .contains("\"loss\" : \"%s\"".formatted(loss));
  }

  @Test
  void anInterruptedTuningGoesOnToTheSameBytes() {
    Path straight = tune("straight", Loss.KTO.usual(), judged(), new Listening()).model();
    Listening broken = new Listening();
    broken.stopAt = 6;
    assertThatThrownBy(() -> tune("broken", Loss.KTO.usual(), judged(), broken))
        .hasMessage("stopped on purpose");
    Listening resumed = new Listening();
    Path model = tune("broken", Loss.KTO.usual(), judged(), resumed).model();
    assertThat(resumed.updates.getFirst().step()).isEqualTo(4);
    assertThat(model.resolve("model.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
  }

  @Test
  void blocksThatAreComputedAgainGiveTheSameUpdate() {
    Path kept = tune("kept", Loss.KTO.usual(), judged(), new Listening()).model();
    TrainingStage.Preference again = settings(Loss.KTO.usual(), true, Lora.NONE);
    Path recomputed =
        KtoTuning.run(base, judged(), again, 5, folder.resolve("again"), Watch.SILENT).model();
    assertThat(recomputed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(kept.resolve("model.safetensors"));
  }

  @Test
  void anAdapterAloneIsTunedToo() {
    Listening watch = new Listening();
    TrainingStage.Preference settings =
        settings(Loss.KTO.usual(), false, new Lora(4, 32, List.of()));
    Path run = folder.resolve("adapter");
    KtoTuning.run(base, judged(), settings, 5, run, watch);
    assertThat(watch.last("rewards/margins")).isPositive();
    assertThat(run.resolve("adapter")).isDirectory();
  }

  @Test
  void anUpdateWithOneLabelAloneHasNoFiguresOfTheOther() {
    Listening watch = new Listening();
    tune("good", Loss.KTO.usual(), List.of(judged().get(0), judged().get(2)), watch);
    assertThat(watch.updates.getLast().watched())
        .containsKeys("rewards/chosen", "kl")
        .doesNotContainKeys("rewards/rejected", "rewards/margins");
    assertThat(watch.advice).singleElement().asString().contains("all replies are desirable");
  }

  @Test
  void repliesThatAllAreTooLongAreSaidSo() {
    List<Judged> judged =
        List.of(
            new Judged(
                "long",
                Conversation.of(Message.user("Hello")),
                "a ".repeat(200),
                Judged.Label.DESIRABLE));
    assertThatThrownBy(() -> tune("run", Loss.KTO.usual(), judged, new Listening()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no reply to learn from")
        .hasMessageContaining("1 dropped as longer than 64 tokens");
  }

  private Tuned tune(
      String run, PreferenceSettings objective, List<Judged> judged, Listening watch) {
    TrainingStage.Preference settings = settings(objective, false, Lora.NONE);
    return KtoTuning.run(base, judged, settings, 5, folder.resolve(run), watch);
  }

  private static TrainingStage.Preference settings(
      PreferenceSettings objective, boolean recompute, Lora lora) {
    return new TrainingStage.Preference(
        12,
        4,
        64,
        recompute,
        objective,
        new Recipe.Optimizer(1e-2, 0.9, 0.95, 1e-8, 0),
        new Recipe.Rates(Recipe.Kind.CONSTANT, 0, 0, 0),
        1,
        4,
        Recipe.Care.USUAL,
        lora,
        Recipe.TuningMeasure.NEVER);
  }

  private static List<Judged> judged() {
    List<Judged> judged = new ArrayList<>();
    judged.addAll(
        Judged.of(
            new Preference("a", Conversation.of(Message.user("Hello")), "Good day.", "Go away.")));
    judged.addAll(
        Judged.of(
            new Preference("b", Conversation.of(Message.user("Thanks")), "Any time!", "No.")));
    return judged;
  }
}
