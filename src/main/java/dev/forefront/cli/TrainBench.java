package dev.forefront.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Torch;
import dev.forefront.train.Compute;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Ranks;
import dev.forefront.train.Recipe;
import dev.forefront.train.Schedule;
import dev.forefront.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Times whole updates of the trainer, as it runs them: forward, backward, clipping, AdamW, the line
 * of metrics. Weights and tokens are random, which costs as much as real ones.
 */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Time updates of a Llama of the given shape on random tokens.",
    footer = {
      "",
      "Example: ./forefront bench train --dim 512 --layers 8 --batch 8",
      "         ./forefront bench train --dim 256 --layers 6 --heads 8 --key-value-heads 4"
          + " --context 512 --batch 8 --documents 120"
    })
final class TrainBench implements Callable<Integer> {
  private static final int WARM_UP = 3;
  private static final long SEED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--dim",
      defaultValue = "256",
      paramLabel = "WIDTH",
      description = "Width of the residual stream (default: ${DEFAULT-VALUE}).")
  private int dim;

  @Option(names = "--layers", defaultValue = "6", description = "Default: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(
      names = "--batch",
      defaultValue = "16",
      paramLabel = "ROWS",
      description = "Rows of an update (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--micro-rows",
      defaultValue = "0",
      paramLabel = "ROWS",
      description = "Rows that are computed at once; 0: all (default). See micro_rows of a recipe.")
  private int microRows;

  @Option(
      names = "--vocab",
      defaultValue = "4096",
      paramLabel = "TOKENS",
      description = "Default: ${DEFAULT-VALUE}.")
  private int vocab;

  @Option(
      names = "--context",
      defaultValue = "256",
      paramLabel = "TOKENS",
      description = "Length of a row (default: ${DEFAULT-VALUE}).")
  private int context;

  @Option(
      names = "--hidden",
      paramLabel = "WIDTH",
      description = "Of the feed-forward layer (default: 8/3 of --dim in steps of 64).")
  private int hidden;

  @Option(
      names = "--heads",
      description = "Default: as many as give 32 entries each, or 64 where --dim is above 256.")
  private int heads;

  @Option(names = "--key-value-heads", description = "Default: as many as heads.")
  private int keyValueHeads;

  @Option(
      names = "--documents",
      paramLabel = "TOKENS",
      description = "Fill rows with documents of about this length (default: one fills a row).")
  private int documents;

  @Option(
      names = "--steps",
      defaultValue = "10",
      description = "Timed updates, after three that are not (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES}; see compute.device of a recipe.")
  private Compute.Where device = Compute.Where.AUTO;

  @Option(
      names = "--precision",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES}; see compute.precision of a recipe.")
  private Compute.Precision precision = Compute.Precision.AUTO;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Of one operation (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--optimizer",
      defaultValue = "adamw",
      paramLabel = "NAME",
      description =
          "adamw or muon, with the settings that recipes have by default (default: adamw).")
  private Recipe.Method optimizer = Recipe.Method.ADAMW;

  @Option(
      names = "--recompute",
      description = "Compute blocks again on the way back, as recipes with this key do.")
  private boolean recompute;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Map<String, Integer> counts =
        Map.of(
            "--dim",
            dim,
            "--layers",
            layers,
            "--batch",
            batch,
            "--vocab",
            vocab,
            "--context",
            context,
            "--steps",
            steps,
            "--threads",
            threads);
    counts.forEach(BenchVerb::requirePositive);
    if (microRows < 0) {
      throw new BadInputException("--micro-rows must be 0 (all at once) or more, not " + microRows);
    }
    ModelConfig config = config();
    answer(config, measure(config));
    return Exit.DONE;
  }

  private ModelConfig config() {
    int h = heads > 0 ? heads : Math.max(1, dim / (dim <= 256 ? 32 : 64));
    int k = keyValueHeads > 0 ? keyValueHeads : h;
    int f = hidden > 0 ? hidden : (dim * 8 / 3 + 63) / 64 * 64;
    try {
      return ModelConfig.llama(vocab, dim, f, layers, h, k, context, -1);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("this shape is no model: " + e.getMessage(), e);
    }
  }

  /**
   * Medians of one update.
   *
   * @param cpu seconds that all threads of this process computed, which other processes on the
   *     machine hardly change
   * @param peak most memory until the last update was made, before its checkpoint
   * @param first seconds from the start of this process until the first update was made
   */
  private record Step(double seconds, double cpu, long peak, double first) {}

  private Step measure(ModelConfig config) {
    Torch.threads(threads);
    Torch.compute(new Compute(device, precision, false).here(Ranks.alone()));
    TokenBatch tokens = tokens();
    int updates = WARM_UP + steps;
    double[] seconds = new double[updates];
    double[] cpu = new double[updates];
    long[] last = {System.nanoTime(), cpuNanos()};
    long[] peak = {0};
    double[] first = {0};
    Path folder = folder();
    try (Progress progress = Progress.start("bench train", updates, "steps")) {
      new Trainer(folder, settings(updates), Map.of())
          .run(
              () -> Transformer.initialize(config, SEED),
              new LanguageModeling(_ -> tokens.split(microRows))
                  .recalling(recompute ? Recall.RECOMPUTE : Recall.KEEP),
              folder.resolve("no-tokenizer"),
              update -> {
                long now = System.nanoTime();
                long cpuNow = cpuNanos();
                if (update.step() == 0) {
                  first[0] = upSeconds();
                }
                seconds[update.step()] = (now - last[0]) / 1e9;
                cpu[update.step()] = (cpuNow - last[1]) / 1e9;
                peak[0] = Memory.peak();
                progress.at(update.step() + 1L);
                last[0] = System.nanoTime();
                last[1] = cpuNanos();
              });
    } finally {
      FileTree.delete(folder);
    }
    return new Step(
        median(Arrays.copyOfRange(seconds, WARM_UP, updates)),
        median(Arrays.copyOfRange(cpu, WARM_UP, updates)),
        peak[0],
        first[0]);
  }

  private static double upSeconds() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private Trainer.Settings settings(int updates) {
    return new Trainer.Settings(
        updates,
        new Recipe.Optimizer(optimizer, 1e-3, 0.9, 0.999, 1e-8, 0.01, Recipe.Muon.USUAL),
        new Schedule.Constant(1e-3, 0),
        1.0,
        updates);
  }

  /** Random tokens; each document's last place predicts nothing where several share a row. */
  private TokenBatch tokens() {
    SplittableRandom random = new SplittableRandom(SEED);
    int[][] ids = new int[batch][context];
    int[][] positions = new int[batch][context];
    int[][] owners = new int[batch][context];
    int[][] labels = new int[batch][context];
    for (int row = 0; row < batch; row++) {
      int left = length(random);
      for (int i = 0; i < context; i++, left--) {
        if (left == 0) {
          left = length(random);
          labels[row][i - 1] = TokenBatch.IGNORED;
          owners[row][i] = owners[row][i - 1] + 1;
        } else if (i > 0) {
          owners[row][i] = owners[row][i - 1];
          positions[row][i] = positions[row][i - 1] + 1;
        }
        ids[row][i] = random.nextInt(vocab);
        labels[row][i] = random.nextInt(vocab);
      }
    }
    return new TokenBatch(ids, positions, owners, labels);
  }

  private int length(SplittableRandom random) {
    return documents > 0 ? 1 + random.nextInt(2 * documents) : context;
  }

  private void answer(ModelConfig config, Step step) {
    double seconds = step.seconds();
    long tokens = (long) batch * context;
    long parameters = config.parameters();
    double work = 6.0 * parameters + 12.0 * layers * dim * context;
    Map<String, Object> shapes = new LinkedHashMap<>();
    shapes.put("dim", dim);
    shapes.put("layers", layers);
    shapes.put("heads", config.heads());
    shapes.put("key_value_heads", config.keyValueHeads());
    shapes.put("head_size", config.headSize());
    shapes.put("hidden", config.intermediateSize());
    shapes.put("vocab", vocab);
    shapes.put("batch", batch);
    shapes.put("micro_rows", microRows == 0 ? batch : Math.min(microRows, batch));
    shapes.put("context", context);
    shapes.put("document_tokens", documents > 0 ? documents : context);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("parameters", parameters);
    all.put("tokens_per_second", Math.round(tokens / seconds));
    all.put("gflops", Math.round(work * tokens / seconds / 1e8) / 10.0);
    all.put("seconds_per_step", Math.round(seconds * 1e4) / 1e4);
    all.put("cpu_seconds_per_step", Math.round(step.cpu() * 1e4) / 1e4);
    all.put("peak_rss_bytes", step.peak());
    all.put("first_step_seconds", step.first());
    all.put("optimizer", optimizer.toString());
    all.put("recompute", recompute);
    all.put("steps", steps);
    all.put("threads", threads);
    all.put("device", Torch.computing().device().toString());
    all.put("dtype", Torch.computing().products().toString());
    Torch.computing().device().peakMemory().ifPresent(peak -> all.put("peak_card_bytes", peak));
    all.put("shapes", shapes);
    String line =
        String.format(
            Locale.ROOT,
            "parameters %d  tokens/s %.0f  GFLOP/s %.1f  CPU s/step %.3f  peak RSS %s  (median of"
                + " %d steps, %s, %s, %d threads%s, %s)",
            parameters,
            tokens / seconds,
            work * tokens / seconds / 1e9,
            step.cpu(),
            Memory.shown(step.peak()),
            steps,
            optimizer,
            Torch.computing(),
            threads,
            recompute ? ", blocks computed again" : "",
            shapes);
    output.answer(spec.commandLine().getOut(), all, line);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("forefront-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
