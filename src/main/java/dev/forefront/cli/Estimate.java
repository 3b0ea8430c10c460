package dev.forefront.cli;

import dev.forefront.conversation.FileTree;
import dev.forefront.data.BatchSource;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Peak;
import dev.forefront.tensor.Torch;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Lora;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import dev.forefront.train.Schedule;
import dev.forefront.train.Trainer;
import dev.forefront.train.TrainingStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a recipe asks of this machine, before anything of it runs. The time comes from a few updates
 * of the recipe's own model on random tokens, which cost as much as real ones; where those would
 * take too long, from the machine's peak and the share of it that updates usually reach.
 */
final class Estimate {
  private static final double USUAL_UTILIZATION = 0.4;

  /** Operations that a trial may cost: a few seconds on a laptop. */
  private static final double MOST_TRIAL = 5e11;

  private static final int TRIAL_TOKENS = 2048;
  private static final int TRIALS = 3;

  /** A stage's tokens and seconds. */
  private record Line(String stage, int updates, long tokens, double seconds) {}

  private final Recipe recipe;
  private final ModelConfig config;
  private final First first;
  private final double peak;
  private final double tokensPerSecond;
  private final boolean tried;
  private final List<Line> lines = new ArrayList<>();

  /** What the first training of a recipe computes with. */
  private record First(
      int rows,
      int length,
      int microRows,
      boolean recompute,
      Recipe.Optimizer optimizer,
      Recipe.Loss loss,
      Lora lora) {

    static First of(TrainingStage.Pretrain p) {
      return new First(
          p.rows(), p.length(), p.microRows(), p.recompute(), p.optimizer(), p.loss(), Lora.NONE);
    }

    static First of(TrainingStage.Supervised s) {
      return new First(
          s.rows(), s.length(), s.microRows(), s.recompute(), s.optimizer(), s.loss(), s.lora());
    }

    Recall recall() {
      return recompute ? Recall.RECOMPUTE : Recall.KEEP;
    }
  }

  private Estimate(Recipe recipe) {
    this.recipe = recipe;
    boolean pretrains = recipe.baseModel().isEmpty();
    config =
        pretrains
            ? recipe.model().config(recipe.tokenizer().vocabulary(), 0)
            : new BaseStage(recipe.baseModel().orElseThrow()).config(recipe);
    first = pretrains ? First.of(recipe.pretrain()) : First.of(recipe.supervised());
    Torch.compute(recipe.compute().here(Ranks.alone()));
    peak = Peak.gflops();
    Work work = new Work(config, first.length());
    tried =
        work.perToken() * TRIALS * Math.max(trialRows() * first.length(), 1) <= MOST_TRIAL
            && trialMemory() < Memory.available();
    tokensPerSecond = tried ? measured() : USUAL_UTILIZATION * peak * 1e9 / work.perToken();
    TrainingStage.Pretrain p = recipe.pretrain();
    if (pretrains) {
      add(Road.PRETRAIN, p.steps(), (long) p.steps() * p.rows() * p.length(), 1);
    }
    TrainingStage.Supervised s = recipe.supervised();
    add(Road.SUPERVISED, s.steps(), (long) s.steps() * s.rows() * s.length(), 1);
    TrainingStage.Preference d = recipe.preference();
    if (!recipe.data().preference().isEmpty()) {
      long replies = (d.objective().loss().isOfPairs() ? 2L : 1L) * d.pairs();
      add(
          Road.PREFERENCE,
          d.steps(),
          d.steps() * replies * d.length(),
          passes(d.objective().loss()));
    }
  }

  /** The work for a reply by that of a plain update, which reads it forwards and twice back. */
  private static double passes(PreferenceSettings.Loss loss) {
    double further = loss.readsStart() ? 1 : 0;
    // Mismatched replies are read by the start model, and in each update by the policy.
    further += loss.readsMismatched() ? 2 : 0;
    return 1 + further / 3;
  }

  static Estimate of(Recipe recipe) {
    return new Estimate(recipe);
  }

  private void add(String stage, int updates, long tokens, double factor) {
    lines.add(new Line(stage, updates, tokens, factor * tokens / tokensPerSecond));
  }

  private int trialRows() {
    return Math.max(1, Math.min(first.rows(), TRIAL_TOKENS / first.length()));
  }

  private double measured() {
    double[] seconds = new double[TRIALS];
    Path folder = folder();
    try {
      TokenBatch batch = batch(trialRows(), first.length(), config.vocabularySize());
      BatchSource batches = step -> batch;
      new Trainer(
              folder,
              new Trainer.Settings(
                  TRIALS,
                  first.optimizer(),
                  new Schedule.Constant(first.optimizer().rate(), 0),
                  1.0,
                  // None is written: only the last update would, and the run is left before.
                  TRIALS + 1),
              Map.of())
          .run(
              () -> Transformer.initialize(config, recipe.seed()),
              new LanguageModeling(batches, 0, first.loss()).recalling(first.recall()),
              folder,
              update -> {
                seconds[update.step()] = update.seconds();
                if (update.step() + 1 == TRIALS) {
                  throw new TrialOver();
                }
              });
    } catch (TrialOver over) {
      // The last update was timed; its checkpoint would say nothing.
    } finally {
      FileTree.delete(folder);
    }
    double tokens = (double) trialRows() * first.length();
    return tokens / Math.min(seconds[TRIALS - 1], seconds[TRIALS - 2]);
  }

  private static final class TrialOver extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static TokenBatch batch(int rows, int length, int vocabulary) {
    SplittableRandom random = new SplittableRandom(1);
    int[][] ids = new int[rows][length];
    int[][] positions = new int[rows][length];
    int[][] labels = new int[rows][length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < length; i++) {
        ids[row][i] = random.nextInt(vocabulary);
        labels[row][i] = random.nextInt(vocabulary);
        positions[row][i] = i;
      }
    }
    return new TokenBatch(ids, positions, new int[rows][length], labels);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("forefront-estimate");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Weights, gradients and what the optimizer remembers, all in float32. */
  private double stateBytes() {
    double moments = first.optimizer().kind() == Recipe.Method.MUON ? 1 : 2;
    double all = config.parameters();
    double tuned = first.lora().rank() == 0 ? all : first.lora().parameters(config);
    return 4.0 * (all + tuned * (1 + moments) + (tuned < all ? tuned : 0));
  }

  /**
   * What the forward pass keeps for the backward one, counted from the operations of a block: about
   * nine copies of the stream, three of query, key and value, four of the feed-forward. Where
   * blocks are computed again, one block's and the stream between blocks.
   */
  private double activationBytes(int rows) {
    double heads = (config.heads() + 2.0 * config.keyValueHeads()) * config.headSize();
    double block = 9.0 * config.hiddenSize() + 3 * heads + 4.0 * config.intermediateSize();
    double perToken =
        first.recompute()
            ? config.layers() * (double) config.hiddenSize() + block
            : config.layers() * block;
    double logits = 3.0 * Math.min(1024, rows * first.length()) * config.vocabularySize();
    return 4 * (perToken * rows * first.length() + logits);
  }

  private double trialMemory() {
    return stateBytes() + activationBytes(trialRows());
  }

  private int rowsAtOnce() {
    return first.microRows() == 0 ? first.rows() : Math.min(first.rows(), first.microRows());
  }

  private double peakBytes() {
    return stateBytes() + activationBytes(rowsAtOnce());
  }

  String forPeople() {
    StringBuilder text = new StringBuilder();
    if (recipe.baseModel().isEmpty()) {
      recipe.scaling().forEach(line -> text.append(line).append('\n'));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "parameters %,d%nmemory    %s: weights, gradients and moments %s, activations %s%s;"
                + " this machine has %s free%n",
            config.parameters(),
            Memory.shown(peakBytes()),
            Memory.shown(stateBytes()),
            Memory.shown(activationBytes(rowsAtOnce())),
            first.recompute() ? " (blocks are computed again)" : "",
            Memory.shown((double) Memory.available())));
    double all = 0;
    for (Line line : lines) {
      all += line.seconds();
      text.append(
          String.format(
              Locale.ROOT,
              "%-10s %,d updates, %,d tokens, about %s%n",
              line.stage(),
              line.updates(),
              line.tokens(),
              time(line.seconds())));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "expected  %s at %,.0f tokens/s (%s; peak %.0f GFLOP/s)",
                time(all),
                tokensPerSecond,
                tried ? "tried just now" : "taken from the peak: a trial would take too long",
                peak))
        .toString();
  }

  Map<String, Object> forPrograms() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("parameters", config.parameters());
    all.put("memory_bytes", Math.round(peakBytes()));
    all.put("memory_available_bytes", Memory.available());
    all.put("tokens_per_second", Math.round(tokensPerSecond));
    all.put("tried", tried);
    all.put("peak_gflops", Math.round(peak));
    List<Map<String, Object>> stages = new ArrayList<>();
    for (Line line : lines) {
      Map<String, Object> stage = new LinkedHashMap<>();
      stage.put("stage", line.stage());
      stage.put("updates", line.updates());
      stage.put("tokens", line.tokens());
      stage.put("seconds", Math.round(line.seconds()));
      stages.add(stage);
    }
    all.put("stages", stages);
    return all;
  }

  private static String time(double seconds) {
    if (seconds < 90) {
      return Math.round(seconds) + " s";
    }
    return seconds < 5400
        ? Math.round(seconds / 60) + " min"
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }
}
