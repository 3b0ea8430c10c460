package dev.forefront.train;

import dev.forefront.token.Split;
import java.util.List;

/** What a recipe that says nothing means: the built-in world on a small model. */
final class Defaults {
  private Defaults() {}

  static Recipe recipe() {
    return new Recipe(
        "run",
        1,
        Recipe.NONE,
        new Recipe.Data(
            new Recipe.World(1, 1.0),
            List.of(new Recipe.Source("world", 1)),
            List.of(new Recipe.Source("world", 1)),
            List.of(new Recipe.Source("world", 1)),
            0,
            new Recipe.Cleaning(0.8, 13, true, true),
            List.of()),
        new Recipe.Tokenizer(2048, Split.FOREFRONT),
        new Recipe.Model(192, 512, 5, 6, 2, 256),
        new TrainingStage.Pretrain(
            1200,
            16,
            256,
            0,
            false,
            new Recipe.Optimizer(2e-3, 0.9, 0.95, 1e-8, 0.1),
            new Recipe.Rates(Recipe.Kind.COSINE, 60, 0, 0.1),
            Recipe.Loss.PLAIN,
            1.0,
            200,
            Recipe.Care.USUAL,
            Recipe.Measure.NEVER),
        new TrainingStage.Supervised(
            400,
            16,
            256,
            new Recipe.Optimizer(8e-4, 0.9, 0.95, 1e-8, 0.01),
            new Recipe.Rates(Recipe.Kind.LINEAR, 20, 0, 0),
            1.0,
            100),
        new TrainingStage.Preference(
            120,
            16,
            256,
            false,
            PreferenceSettings.Loss.SIGMOID.usual(),
            new Recipe.Optimizer(5e-5, 0.9, 0.95, 1e-8, 0),
            new Recipe.Rates(Recipe.Kind.LINEAR, 10, 0, 0),
            1.0,
            40,
            // Pairs differ too much for a spike to mean anything.
            new Recipe.Care(2, false, 0, List.of()),
            Lora.NONE,
            Recipe.TuningMeasure.NEVER),
        Compute.USUAL,
        new Recipe.Evaluate(
            List.of("harmful", "benign", "jailbreak", "dialogue", "ends", "perplexity"), 200, 64),
        "policies/demo.yaml");
  }
}
