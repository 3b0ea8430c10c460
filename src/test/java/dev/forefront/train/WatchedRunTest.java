package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.Sha256;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.train.Trainer.DivergedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What may go wrong between the first update and the last, and what is done about it. */
class WatchedRunTest {
  private static final int STEPS = 12;

  @TempDir Path folder;

  @Test
  void aGradientThatIsNoNumberEndsTheRunAndSaysWhere() {
    Objective broken = brokenAt(7);
    assertThatThrownBy(() -> run(trainer("run", Recipe.Care.USUAL), broken))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("before update 7")
        .hasMessageContaining("no number any more in the gradient of model.norm.weight")
        .hasMessageContaining("the documents books/7, books/8")
        .hasMessageContaining("add 7 to the stage's care.skip and resume");
    assertThat(checkpoints("run")).containsExactly("step-000003", "step-000006");
  }

  @Test
  void aRunGoesOnWithoutTheUpdateThatBrokeIt() {
    Objective broken = brokenAt(7);
    assertThatThrownBy(() -> run(trainer("run", Recipe.Care.USUAL), broken))
        .isInstanceOf(DivergedException.class);
    Recipe.Care skipping = new Recipe.Care(2, false, 10, List.of(7));
    Path resumed = run(trainer("run", skipping), broken);
    Path straight = run(trainer("straight", skipping), broken);
    assertThat(digest(resumed)).isEqualTo(digest(straight));
    assertThat(metrics("run")).hasSize(STEPS);
    assertThat(metrics("run").get(7).path("skipped").asBoolean()).isTrue();
    assertThat(resumed.resolve("lineage.json")).content().contains("\"skipped_updates\" : \"[7]\"");
  }

  @Test
  void noCheckpointIsResumedFromBehindAnUpdateThatIsLeftOutNow() {
    TinyRun.run(trainer("run", Recipe.Care.USUAL));
    Recipe.Care skipping = new Recipe.Care(2, false, 10, List.of(4));
    Path again = TinyRun.run(trainer("run", skipping));
    Path straight = TinyRun.run(trainer("straight", skipping));
    assertThat(digest(again)).isEqualTo(digest(straight));
  }

  @Test
  void aLossOutOfAllProportionEndsTheRunBeforeItIsLearntFrom() {
    int steps = Alarm.LEAST + 20;
    int bad = Alarm.LEAST + 10;
    Objective spiking =
        (model, step) -> {
          Objective.Measured measured = TinyRun.OBJECTIVE.gradients(model, step);
          return step == bad ? new Objective.Measured(1000, measured.tokens(), Map.of()) : measured;
        };
    Trainer.Settings settings = TinyRun.settings(Recipe.Care.USUAL, steps);
    assertThatThrownBy(() -> run(new Trainer(folder.resolve("run"), settings, Map.of()), spiking))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("before update " + bad)
        .hasMessageContaining("the loss of 1000.000 is far above its recent mean of")
        .hasMessageContaining("set care.spike to 0 and resume");
    Trainer.Settings calm = TinyRun.settings(new Recipe.Care(2, false, 0, List.of()), steps);
    run(new Trainer(folder.resolve("run"), calm, Map.of()), spiking);
    assertThat(metrics("run")).hasSize(steps);
  }

  @Test
  void aTornCheckpointIsPassedOverAndTheRunEndsTheSame() throws IOException {
    Path straight = TinyRun.run(trainer("straight", Recipe.Care.USUAL));
    TinyRun.run(trainer("run", Recipe.Care.USUAL));
    for (String newest : checkpoints("run").subList(1, 2)) {
      Path torn =
          folder.resolve("run/checkpoints").resolve(newest).resolve("optimizer.safetensors");
      byte[] bytes = Files.readAllBytes(torn);
      Files.write(torn, Arrays.copyOf(bytes, bytes.length - 1));
    }
    List<Integer> steps = new ArrayList<>();
    Path again =
        trainer("run", Recipe.Care.USUAL)
            .run(TinyRun::model, TinyRun.OBJECTIVE, folder, update -> steps.add(update.step()));
    assertThat(steps).containsExactly(9, 10, 11);
    assertThat(digest(again)).isEqualTo(digest(straight));
  }

  @Test
  void lookingChangesNoByte() {
    Path alone = TinyRun.run(trainer("alone", Recipe.Care.USUAL));
    HeldOutLoss heldOut = HeldOutLoss.of(List.of(new int[] {1, 5, 25, 61, 49}), 9, 4, 2);
    Continuation continuation = new Continuation(0.8, 0);
    Trainer watched =
        trainer("watched", Recipe.Care.USUAL)
            .lookedAt(
                2,
                (model, updates) -> {
                  HeldOutLoss.Value value = heldOut.of(model);
                  int[] written = continuation.of(model, new int[] {3}, 5, updates);
                  return new Examiner.Findings(
                      Map.of(Examiner.HELD_OUT, value.loss()),
                      List.of(new Examiner.Sample("3", Arrays.toString(written))));
                });
    assertThat(digest(TinyRun.run(watched))).isEqualTo(digest(alone));
    assertThat(metrics("watched").stream().filter(line -> line.has(Examiner.HELD_OUT)))
        .extracting(line -> line.path("step").asInt())
        .as("every second update, and at each checkpoint")
        .containsExactly(1, 2, 3, 5, 7, 8, 9, 11);
    assertThat(StepLines.read(folder.resolve("watched/samples.jsonl"))).hasSize(8);
  }

  @Test
  void theBestCheckpointIsKeptBesideTheNewest() {
    Trainer trainer =
        trainer("run", new Recipe.Care(1, true, 10, List.of()))
            .lookedAt(
                100,
                (model, updates) ->
                    new Examiner.Findings(
                        Map.of(Examiner.HELD_OUT, updates == 6 ? 1.0 : 2.0), List.of()));
    TinyRun.run(trainer);
    assertThat(checkpoints("run")).containsExactly("step-000006", "step-000012");
  }

  @Test
  void asManyCheckpointsAreKeptAsAreWanted() {
    TinyRun.run(trainer("run", new Recipe.Care(3, false, 10, List.of())));
    assertThat(checkpoints("run")).containsExactly("step-000006", "step-000009", "step-000012");
  }

  @Test
  void noUpdateIsDoneBeforeTheCheckpointBeforeItIsOnTheDisk() {
    // An update of one norm takes no time, a checkpoint of the table that stays as it is does.
    ModelConfig large = ModelConfig.llama(50_000, 32, 64, 1, 4, 2, 32, 0);
    Objective small =
        (model, step) -> {
          model.parameters().getLast().tensor().sum().backward();
          return new Objective.Measured(1, 1, Map.of());
        };
    List<String> newest = new ArrayList<>();
    trainer("run", Recipe.Care.USUAL)
        .run(
            () -> Transformer.initialize(large, 7),
            small,
            folder,
            update -> {
              if (update.step() % 3 == 0 && update.step() > 0) {
                newest.add(checkpoints("run").getLast());
              }
            });
    assertThat(newest).containsExactly("step-000003", "step-000006", "step-000009");
  }

  @Test
  void aRunGoesOnUnderAnotherWatch() {
    List<Integer> steps = new ArrayList<>();
    TinyRun.run(trainer("run", Recipe.Care.USUAL));
    Trainer.Settings other = TinyRun.settings(new Recipe.Care(9, false, 3, List.of()), STEPS);
    new Trainer(
            folder.resolve("run"),
            new Trainer.Settings(
                STEPS, other.optimizer(), other.schedule(), other.clip(), 1, other.care()),
            Map.of())
        .run(TinyRun::model, TinyRun.OBJECTIVE, folder, update -> steps.add(update.step()));
    assertThat(steps).as("the finished run is not begun anew").isEmpty();
  }

  @Test
  void rowsComputedOneByOneGiveTheUpdateOfAllAtOnce() {
    List<Trainer.Update> together = updates("together", 0);
    for (int rows : new int[] {1, 3}) {
      List<Trainer.Update> apart = updates("apart" + rows, rows);
      for (int step = 0; step < STEPS; step++) {
        assertThat(apart.get(step).loss())
            .isCloseTo(together.get(step).loss(), within(1e-5 * together.get(step).loss()));
      }
    }
  }

  private List<Trainer.Update> updates(String name, int microRows) {
    List<Trainer.Update> updates = new ArrayList<>();
    trainer(name, Recipe.Care.USUAL)
        .run(
            TinyRun::model,
            new LanguageModeling(TinyRun::batch, microRows, Recipe.Loss.PLAIN),
            folder,
            updates::add);
    return updates;
  }

  @Test
  void anUpdateInWhichNothingCountsLeavesWeightsAndMomentsAlone() {
    Objective empty =
        new LanguageModeling(
            step -> List.of(step == 5 ? masked(TinyRun.batch(step)) : TinyRun.batch(step)));
    Path run = run(trainer("run", new Recipe.Care(20, false, 10, List.of())), empty);
    assertThat(run).exists();
    Objective without = new LanguageModeling(step -> List.of(TinyRun.batch(step)));
    Path skipped = run(trainer("skipped", new Recipe.Care(20, false, 10, List.of(5))), without);
    assertThat(digest(run)).as("as if the update had been left out").isEqualTo(digest(skipped));
    try (SafeTensors one = optimizer("run");
        SafeTensors other = optimizer("skipped")) {
      assertThat(one.entry("step").floats()).containsExactly(other.entry("step").floats());
    }
  }

  @Test
  void everyTensorOfAnUpdateIsFreedWithIt() {
    List<Long> live = new ArrayList<>();
    TinyRun.collectGarbage();
    trainer("run", Recipe.Care.USUAL)
        .run(
            TinyRun::model,
            TinyRun.OBJECTIVE,
            folder,
            update -> {
              try (Scope _ = Scope.open()) {
                live.add(Scope.live());
              }
            });
    assertThat(live.subList(1, live.size())).containsOnly(live.get(1));
  }

  private static TokenBatch masked(TokenBatch batch) {
    int[][] none = new int[batch.rows()][batch.length()];
    for (int[] row : none) {
      Arrays.fill(row, TokenBatch.IGNORED);
    }
    return new TokenBatch(batch.ids(), batch.positions(), batch.documents(), none);
  }

  /** Adds what is no number to one gradient of one update. */
  private static Objective brokenAt(int broken) {
    return new Objective() {
      @Override
      public Measured gradients(Transformer model, int step) {
        Measured measured = TinyRun.OBJECTIVE.gradients(model, step);
        if (step == broken) {
          model.parameters().stream()
              .filter(parameter -> parameter.name().equals("model.norm.weight"))
              .forEach(parameter -> parameter.tensor().times(Double.NaN).sum().backward());
        }
        return measured;
      }

      @Override
      public List<String> documents(int step) {
        return List.of("books/" + step, "books/" + (step + 1));
      }
    };
  }

  private Trainer trainer(String name, Recipe.Care care) {
    return new Trainer(folder.resolve(name), TinyRun.settings(care, STEPS), Map.of());
  }

  private Path run(Trainer trainer, Objective objective) {
    return trainer.run(TinyRun::model, objective, folder, Trainer.Listener.SILENT);
  }

  private SafeTensors optimizer(String name) {
    return SafeTensors.open(
        folder.resolve(name).resolve("checkpoints/step-000012/optimizer.safetensors"));
  }

  private List<JsonNode> metrics(String name) {
    return StepLines.read(folder.resolve(name).resolve("metrics.jsonl"));
  }

  private List<String> checkpoints(String name) {
    try (Stream<Path> all = Files.list(folder.resolve(name).resolve("checkpoints"))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String digest(Path model) {
    return Sha256.hex(model.resolve("model.safetensors"));
  }
}
