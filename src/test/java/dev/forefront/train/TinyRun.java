package dev.forefront.train;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A training that takes seconds and writes a checkpoint every third update. */
public final class TinyRun {
  static final int STEPS = 90;
  private static final int ROWS = 4;
  private static final int LENGTH = 32;
  private static final int VOCABULARY = 64;

  private TinyRun() {}

  /** Trains in the folder that the only argument names, from its newest checkpoint. */
  public static void main(String[] arguments) {
    run(Path.of(arguments[0]));
  }

  static Path run(Path folder) {
    Recipe.Optimizer optimizer = new Recipe.Optimizer(1e-2, 0.9, 0.95, 1e-8, 0.1);
    Trainer.Settings settings =
        new Trainer.Settings(
            STEPS, optimizer, new Schedule.Cosine(optimizer.rate(), 10, STEPS, 0.1), 1, 3);
    ModelConfig config = ModelConfig.llama(VOCABULARY, 32, 64, 2, 4, 2, LENGTH, 0);
    return new Trainer(folder, settings, Map.of("run", "tiny"))
        .run(
            () -> Transformer.initialize(config, 7),
            new LanguageModeling(step -> List.of(batch(step))),
            folder.resolve("no-tokenizer"),
            Trainer.Listener.SILENT);
  }

  /** Two documents a row; the token that follows is a function of the one before. */
  private static TokenBatch batch(int step) {
    SplittableRandom random = new SplittableRandom(step);
    int[][] ids = new int[ROWS][LENGTH];
    int[][] positions = new int[ROWS][LENGTH];
    int[][] documents = new int[ROWS][LENGTH];
    int[][] labels = new int[ROWS][LENGTH];
    for (int row = 0; row < ROWS; row++) {
      int second = 1 + random.nextInt(LENGTH - 1);
      int token = random.nextInt(VOCABULARY);
      for (int i = 0; i < LENGTH; i++) {
        documents[row][i] = i < second ? 0 : 1;
        positions[row][i] = i < second ? i : i - second;
        ids[row][i] = token;
        token = (token * 5 + random.nextInt(3)) % VOCABULARY;
        labels[row][i] = i == second - 1 ? TokenBatch.IGNORED : token;
      }
    }
    return new TokenBatch(ids, positions, documents, labels);
  }
}
