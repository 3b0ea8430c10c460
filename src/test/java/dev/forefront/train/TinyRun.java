package dev.forefront.train;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A training that takes seconds and writes a checkpoint every third update. */
public final class TinyRun {
  private static final int ROWS = 4;
  private static final int LENGTH = 32;
  private static final int VOCABULARY = 64;

  static final Objective OBJECTIVE = new LanguageModeling(step -> List.of(batch(step)));

  private TinyRun() {}

  /** What a process says once its libraries are loaded and the training is about to begin. */
  static final String BEGIN = "begin";

  /** Trains in the folder of the first argument for as many updates as the second says. */
  public static void main(String[] arguments) {
    Scope.open().close();
    System.out.println(BEGIN);
    run(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
  }

  static Path run(Path folder, int steps) {
    return run(new Trainer(folder, settings(Recipe.Care.USUAL, steps), Map.of("run", "tiny")));
  }

  static Path run(Trainer trainer) {
    return trainer.run(TinyRun::model, OBJECTIVE, Path.of("no-tokenizer"), Trainer.Listener.SILENT);
  }

  static Trainer.Settings settings(Recipe.Care care, int steps) {
    Recipe.Optimizer optimizer = new Recipe.Optimizer(1e-2, 0.9, 0.95, 1e-8, 0.1);
    return new Trainer.Settings(
        steps, optimizer, new Schedule.Cosine(optimizer.rate(), 10, steps, 0.1), 1, 3, care);
  }

  static Transformer model() {
    return Transformer.initialize(ModelConfig.llama(VOCABULARY, 32, 64, 2, 4, 2, LENGTH, 0), 7);
  }

  /** Two documents a row; the token that follows is a function of the one before. */
  static TokenBatch batch(int step) {
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

  /** What earlier tests left to the garbage collector must not go while another one counts. */
  static void collectGarbage() {
    try {
      for (long before = -1; before != Scope.live(); ) {
        before = Scope.live();
        System.gc();
        Thread.sleep(100);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
