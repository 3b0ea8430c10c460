package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.Sha256;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Scope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The loop: gradients, clipping, one fused update, a line of metrics, now and then a checkpoint.
 *
 * <p>The same start, objective and settings give the same bytes of weights, and so does a run that
 * was killed at any moment and goes on from its newest whole checkpoint: nothing but weights,
 * moments and the step carries over from one update to the next.
 */
public final class Trainer {

  /**
   * @param steps updates
   * @param clip most that the gradient's global norm may be
   * @param checkpoint updates between two checkpoints
   */
  public record Settings(
      int steps, Recipe.Optimizer optimizer, Schedule schedule, double clip, int checkpoint) {
    public Settings {
      if (steps < 1 || checkpoint < 1) {
        throw new IllegalArgumentException("steps and checkpoint must be at least 1");
      }
    }
  }

  /** One update as it went. */
  public record Update(
      int step,
      double loss,
      double gradientNorm,
      double rate,
      long tokens,
      double seconds,
      Map<String, Double> watched) {}

  /** Hears every update. */
  @FunctionalInterface
  public interface Listener {
    void updated(Update update);

    /** Asked after every update: whether to save and end here. */
    default boolean stopWanted() {
      return false;
    }

    Listener SILENT = update -> {};
  }

  /** A loss or gradient that is no number. */
  public static final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException(int step, double loss, double norm, Path folder) {
      super(
          ("training diverged at step %d (loss %s, gradient norm %s): the last checkpoint in %s is"
                  + " sound; lower the learning rate and start anew")
              .formatted(step, loss, norm, folder.resolve("checkpoints")));
    }
  }

  private final Path folder;
  private final Settings settings;
  private final Map<String, String> lineage;

  /**
   * @param folder of the run: gets {@code metrics.jsonl}, {@code checkpoints} and, at the end,
   *     {@code model}
   * @param lineage digests of everything that decides the run, by name; written beside the model. A
   *     checkpoint made under other ones is not resumed
   */
  public Trainer(Path folder, Settings settings, Map<String, String> lineage) {
    this.folder = folder;
    this.settings = settings;
    this.lineage = new TreeMap<>(lineage);
  }

  /**
   * Trains, from the newest whole checkpoint where there is one.
   *
   * @param start makes the model that an unbroken run begins with
   * @param tokenizer folder whose tokenizer files go into the model's folder
   * @return the model's folder
   * @throws DivergedException where the loss is no number any more
   * @throws CancellationException where the listener wanted an end; a checkpoint was written
   */
  public Path run(
      Supplier<Transformer> start, Objective objective, Path tokenizer, Listener listener) {
    Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoints"));
    String fingerprint = fingerprint();
    Optional<Checkpoints.Checkpoint> resumed = checkpoints.newest(fingerprint);
    int done = resumed.map(Checkpoints.Checkpoint::step).orElse(0);
    try (Transformer model = resumed.map(c -> Transformer.load(c.folder())).orElseGet(start);
        AdamW optimizer = new AdamW(model.parameters(), settings.optimizer());
        Metrics metrics = Metrics.open(folder.resolve("metrics.jsonl"), done)) {
      resumed.ifPresent(checkpoint -> optimizer.read(checkpoint.optimizer()));
      for (int step = done; step < settings.steps(); step++) {
        Update update = update(model, optimizer, objective, step);
        metrics.write(update);
        listener.updated(update);
        boolean last = step + 1 == settings.steps();
        boolean stop = !last && listener.stopWanted();
        if ((step + 1) % settings.checkpoint() == 0 || last || stop) {
          checkpoints.write(step + 1, model, optimizer, fingerprint);
        }
        if (stop) {
          throw new CancellationException("stopped after step " + (step + 1));
        }
      }
      Path result = folder.resolve("model");
      write(model, tokenizer, result);
      return result;
    }
  }

  private Update update(Transformer model, AdamW optimizer, Objective objective, int step) {
    long from = System.nanoTime();
    double rate = settings.schedule().rate(step);
    try (Scope _ = Scope.open()) {
      Objective.Measured measured = objective.gradients(model, step);
      double norm = optimizer.gradientNorm();
      if (!Double.isFinite(measured.loss()) || !Double.isFinite(norm)) {
        throw new DivergedException(step, measured.loss(), norm, folder);
      }
      optimizer.update(rate, AdamWKernel.clipping(norm, settings.clip()));
      optimizer.clearGradients();
      double seconds = (System.nanoTime() - from) / 1e9;
      return new Update(
          step, measured.loss(), norm, rate, measured.tokens(), seconds, measured.watched());
    }
  }

  /** config.json comes last but one, lineage.json last: a folder without it is unfinished. */
  private void write(Transformer model, Path tokenizer, Path result) {
    if (Files.isDirectory(tokenizer)) {
      ModelFolder.copyTokenizer(tokenizer, result);
    }
    model.write(result);
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", "forefront-lineage-1");
    lineage.forEach(root::put);
    AtomicFile.write(result.resolve("lineage.json"), root.toPrettyString() + "\n");
  }

  private String fingerprint() {
    String text = settings + "\n" + JsonMapper.shared().writeValueAsString(lineage);
    return "sha256:" + Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
