package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that are computed again on the way back change memory and time, and nothing else. */
class RecallTest {
  private static final int STEPS = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void gradientsAreTheSameToTheLastBit(int microRows) {
    LanguageModeling objective =
        new LanguageModeling(TinyRun::batch, microRows, new Recipe.Loss(0.1, 1e-4));
    try (Transformer model = TinyRun.model()) {
      for (int step = 0; step < 3; step++) {
        Seen kept = gradients(model, objective, step);
        Seen again = gradients(model, objective.recalling(Recall.RECOMPUTE), step);
        assertThat(again).isEqualTo(kept);
      }
    }
  }

  /**
   * @param gradients bits of all numbers, by parameter
   */
  private record Seen(Objective.Measured measured, Map<String, List<Integer>> gradients) {}

  private static Seen gradients(Transformer model, Objective objective, int step) {
    new Gradients(model.parameters()).clear();
    try (Scope _ = Scope.open()) {
      Objective.Measured measured = objective.gradients(model, step);
      return new Seen(measured, bits(model));
    }
  }

  private static Map<String, List<Integer>> bits(Transformer model) {
    Map<String, List<Integer>> all = new TreeMap<>();
    for (Transformer.Parameter one : model.parameters()) {
      List<Integer> bits = new ArrayList<>();
      for (float value : one.tensor().gradient().floats()) {
        bits.add(Float.floatToRawIntBits(value));
      }
      all.put(one.name(), bits);
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(Recipe.Method.class)
  void aRunMayChangeFromOneToTheOtherOnItsWay(Recipe.Method method) {
    Path kept = run("kept", method, Recall.KEEP, STEPS);
    assertThatThrownBy(() -> run("changed", method, Recall.KEEP, 7))
        .isInstanceOf(CancellationException.class);
    Path changed = run("changed", method, Recall.RECOMPUTE, STEPS);
    assertThat(changed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(kept.resolve("model.safetensors"));
  }

  private Path run(String name, Recipe.Method method, Recall recall, int until) {
    Recipe.Optimizer optimizer =
        new Recipe.Optimizer(method, 3e-3, 0.9, 0.95, 1e-8, 0.1, Recipe.Muon.USUAL);
    Trainer.Settings settings =
        new Trainer.Settings(
            STEPS, optimizer, new Schedule.Cosine(optimizer.rate(), 2, STEPS, 0.1), 0.5, 5);
    return new Trainer(folder.resolve(name), settings, Map.of())
        .run(
            TinyRun::model,
            new LanguageModeling(TinyRun::batch, 2, Recipe.Loss.PLAIN).recalling(recall),
            folder,
            stopping(until));
  }

  private static Trainer.Listener stopping(int until) {
    return new Trainer.Listener() {
      private int done;

      @Override
      public void updated(Trainer.Update update) {
        done = update.step() + 1;
      }

      @Override
      public boolean stopWanted() {
        return done >= until;
      }
    };
  }

  /** Gradients go out while blocks are still computed again. */
  @Test
  void ranksExchangeTheSameSums() {
    for (long bucket : new long[] {1, 1L << 40}) {
      assertThat(sums(bucket, Recall.RECOMPUTE)).isEqualTo(sums(bucket, Recall.KEEP));
    }
  }

  private static List<Map<String, List<Integer>>> sums(long bucket, Recall recall) {
    return ThreadRanks.run(
        2,
        ranks -> {
          try (Transformer model = TinyRun.model();
              Exchange exchange = Exchange.of(model, ranks, bucket);
              Scope _ = Scope.open()) {
            Objective objective =
                new LanguageModeling(step -> List.of(rank(ranks, step))).recalling(recall);
            // The first teaches in which order gradients are finished.
            for (int step = 0; step < 3; step++) {
              new Gradients(model.parameters()).clear();
              objective.gradients(model, step, exchange);
            }
            return bits(model);
          }
        });
  }

  private static TokenBatch rank(Ranks ranks, int step) {
    return TinyRun.batch(10 * step + ranks.rank());
  }

  @Test
  void everyTensorOfAnUpdateIsFreedWithIt() {
    List<Long> live = new ArrayList<>();
    TinyRun.collectGarbage();
    new Trainer(folder.resolve("run"), TinyRun.settings(Recipe.Care.USUAL, STEPS), Map.of())
        .run(
            TinyRun::model,
            ((LanguageModeling) TinyRun.OBJECTIVE).recalling(Recall.RECOMPUTE),
            folder,
            update -> live.add(Scope.live()));
    assertThat(live.subList(1, live.size())).containsOnly(live.get(1));
  }
}
