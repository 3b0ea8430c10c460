package dev.forefront.train;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.Sha256;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Computing;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The loop: gradients, clipping, one fused update, a line of metrics, now and then a checkpoint.
 *
 * <p>The same start, objective and settings give the same bytes of weights, and so does a run that
 * was killed at any moment and goes on from its newest whole checkpoint: nothing but weights,
 * moments and the step carries over from one update to the next. A checkpoint is written while the
 * gradients that follow it are computed, and nothing changes before it is on the disk: it needs no
 * copy of the run, and a kill costs no more updates than lie between two checkpoints, and the one
 * under way.
 */
public final class Trainer {
  static final String CHECKPOINTS = "checkpoints";

  /**
   * @param steps updates
   * @param clip most that the gradient's global norm may be
   * @param checkpoint updates between two checkpoints
   */
  public record Settings(
      int steps,
      Recipe.Optimizer optimizer,
      Schedule schedule,
      double clip,
      int checkpoint,
      Recipe.Care care) {
    public Settings {
      if (steps < 1 || checkpoint < 1) {
        throw new IllegalArgumentException("steps and checkpoint must be at least 1");
      }
    }

    /** With the usual care. */
    public Settings(
        int steps, Recipe.Optimizer optimizer, Schedule schedule, double clip, int checkpoint) {
      this(steps, optimizer, schedule, clip, checkpoint, Recipe.Care.USUAL);
    }

    /** Share of the peak rate that is due at an update. */
    private double share(int step) {
      return schedule.peak() == 0 ? 0 : schedule.rate(step) / schedule.peak();
    }

    /** What decides the weights that a run passes through; updates left out are kept apart. */
    private String deciding() {
      return List.of(steps, optimizer, schedule, clip).toString();
    }
  }

  /** When there is a look beside those at every so many updates. */
  private enum Also {
    AT_CHECKPOINTS,
    AT_THE_END
  }

  /**
   * @param every updates between two looks
   */
  private record Look(int every, Also also, Examiner examiner) {
    boolean isDue(int updates, boolean save, boolean last) {
      boolean further =
          switch (also) {
            case AT_CHECKPOINTS -> save;
            case AT_THE_END -> last;
          };
      return further || updates % every == 0;
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
      Map<String, Double> watched) {

    private Update with(Map<String, Double> more) {
      Map<String, Double> all = new TreeMap<>(watched);
      all.putAll(more);
      return new Update(step, loss, gradientNorm, rate, tokens, seconds, all);
    }
  }

  /** Hears every update. */
  @FunctionalInterface
  public interface Listener {
    void updated(Update update);

    /** The run goes on from a checkpoint; so many updates are done. */
    default void resumed(int updates) {}

    /** Asked after every update: whether to save and end here. */
    default boolean stopWanted() {
      return false;
    }

    Listener SILENT = update -> {};
  }

  /** A loss or gradient that is no number, or out of all proportion. The update was not made. */
  public static final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private DivergedException(String message) {
      super(message);
    }
  }

  private final Path folder;
  private final Settings settings;
  private final Map<String, String> lineage;
  private final List<Look> looks;
  private final Ranks ranks;

  /**
   * @param folder of the run: gets {@code metrics.jsonl}, {@code checkpoints} and, at the end,
   *     {@code model}
   * @param lineage digests of everything that decides the run, by name; written beside the model. A
   *     checkpoint made under other ones is not resumed
   */
  public Trainer(Path folder, Settings settings, Map<String, String> lineage) {
    this(folder, settings, new TreeMap<>(lineage), List.of(), Ranks.alone());
  }

  private Trainer(
      Path folder, Settings settings, Map<String, String> lineage, List<Look> looks, Ranks ranks) {
    this.folder = folder;
    this.settings = settings;
    this.lineage = lineage;
    this.looks = looks;
    this.ranks = ranks;
  }

  /**
   * The same, looked at now and then, and at each checkpoint.
   *
   * @param every updates between two looks, at least 1
   */
  public Trainer lookedAt(int every, Examiner examiner) {
    return with(new Look(every, Also.AT_CHECKPOINTS, examiner));
  }

  /**
   * The same, examined by suites where a recipe wants that. They take their time: it is every so
   * many updates, and after the last.
   *
   * @param examiners makes the examiner; asked only where suites are wanted
   */
  public Trainer examined(Recipe.Suites wanted, Function<Recipe.Suites, Examiner> examiners) {
    return wanted.every() == 0
        ? this
        : with(new Look(wanted.every(), Also.AT_THE_END, examiners.apply(wanted)));
  }

  private Trainer with(Look look) {
    if (look.every() < 1) {
      throw new IllegalArgumentException("there is at least one update between two looks");
    }
    List<Look> all = Stream.concat(looks.stream(), Stream.of(look)).toList();
    return new Trainer(folder, settings, lineage, all, ranks);
  }

  /**
   * The same as one of several ranks, which all see the folder: the leader alone looks and writes,
   * and tells the others where to go on.
   */
  public Trainer among(Ranks all) {
    return new Trainer(folder, settings, lineage, looks, all);
  }

  /**
   * Trains, from the newest whole checkpoint where there is one. Of a model whose adapter is
   * trained, the adapter lies beside the result, in which it is added.
   *
   * @param start makes the model that an unbroken run begins with
   * @param tokenizer folder whose tokenizer files go into the model's folder
   * @return the model's folder
   * @throws DivergedException where the loss is no number any more
   * @throws CancellationException where the listener wanted an end; a checkpoint was written
   */
  public Path run(
      Supplier<Transformer> start, Objective objective, Path tokenizer, Listener listener) {
    Checkpoints checkpoints =
        new Checkpoints(folder.resolve(CHECKPOINTS), fingerprint(), settings.care());
    Optional<Checkpoints.Checkpoint> resumed = checkpoints.newest(ranks);
    int done = resumed.map(Checkpoints.Checkpoint::step).orElse(0);
    try (Transformer model =
            resumed.map(c -> Transformer.resume(c.folder(), start)).orElseGet(start);
        Exchange exchange = Exchange.of(model, ranks);
        Optimizer optimizer = Optimizer.of(model.parameters(), settings.optimizer(), ranks);
        Metrics metrics = Metrics.open(folder, done, ranks);
        CheckpointWriter writer = new CheckpointWriter(checkpoints)) {
      exchange.spread(model);
      resumed.ifPresent(
          checkpoint -> {
            restore(optimizer, checkpoint);
            listener.resumed(checkpoint.step());
          });
      List<Double> past = ranks.leads() ? Metrics.losses(folder, done) : List.of();
      Alarm alarm = new Alarm(settings.care().spike(), ranks.ofLeader(past));
      for (int step = done; step < settings.steps(); step++) {
        boolean last = step + 1 == settings.steps();
        boolean save = (step + 1) % settings.checkpoint() == 0 || last;
        OptionalDouble heldOut = OptionalDouble.empty();
        if (settings.care().skip().contains(step)) {
          writer.await();
          metrics.writeSkipped(step);
        } else {
          Update update = update(model, optimizer, objective, exchange, alarm, writer, step);
          for (Look look : ranks.leads() ? looks : List.<Look>of()) {
            if (look.isDue(step + 1, save, last)) {
              Examiner.Findings findings = look.examiner().examine(model, step + 1);
              metrics.write(step, findings.samples());
              update = update.with(findings.figures());
            }
          }
          Double loss = update.watched().get(Examiner.HELD_OUT);
          heldOut = loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss);
          metrics.write(update);
          listener.updated(update);
        }
        if (listener.stopWanted()) {
          ranks.wantStop();
        }
        boolean stop = !last && ranks.isStopWanted();
        if (save || stop) {
          save(writer, step + 1, model, optimizer, heldOut);
        }
        if (stop) {
          writer.await();
          throw new CancellationException("stopped after step " + (step + 1));
        }
      }
      writer.await();
      Path result = folder.resolve("model");
      if (ranks.leads()) {
        write(model, tokenizer, result);
      }
      return result;
    }
  }

  /** All ranks give what they remember; the leader writes. */
  private void save(
      CheckpointWriter writer,
      int step,
      Transformer model,
      Optimizer optimizer,
      OptionalDouble heldOut) {
    List<SafeTensors.Entry> state = optimizer.state();
    if (ranks.leads()) {
      writer.write(new Snapshot(step, model.checkpoint(), state, heldOut));
    }
  }

  private static void restore(Optimizer optimizer, Checkpoints.Checkpoint checkpoint) {
    try (SafeTensors state = SafeTensors.open(checkpoint.optimizer())) {
      optimizer.restore(state);
    }
  }

  private Update update(
      Transformer model,
      Optimizer optimizer,
      Objective objective,
      Exchange exchange,
      Alarm alarm,
      CheckpointWriter writer,
      int step) {
    long from = System.nanoTime();
    Gradients gradients = new Gradients(model.parameters());
    try (Scope _ = Scope.open()) {
      Objective.Measured measured;
      try (Torch.Casting _ = Torch.casting()) {
        measured = objective.gradients(model, step, exchange);
      }
      double norm = gradients.norm();
      double loss = measured.loss();
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        throw diverged(
            step,
            "the loss is %s and the gradient's norm %s; %s"
                .formatted(loss, norm, Words.broken(gradients.broken())),
            "",
            objective);
      }
      if (alarm.isSpike(loss)) {
        throw diverged(
            step,
            "the loss of %.3f is far above its recent mean of %.3f".formatted(loss, alarm.mean()),
            "to go on with it, set care.spike to 0 and resume; ",
            objective);
      }
      writer.await();
      if (!gradients.isEmpty()) {
        alarm.hear(loss);
        optimizer.update(settings.share(step), AdamWKernel.clipping(norm, settings.clip()));
        gradients.clear();
      }
      double seconds = (System.nanoTime() - from) / 1e9;
      return new Update(
          step,
          loss,
          norm,
          settings.schedule().rate(step),
          measured.tokens(),
          seconds,
          measured.watched());
    }
  }

  private DivergedException diverged(int step, String what, String otherWay, Objective objective) {
    return new DivergedException(
        ("training stopped before update %d: %s. %s. The last checkpoint in %s is sound. To go on"
                + " without this update, add %d to the stage's care.skip and resume; %sto start anew"
                + " more carefully, lower optimizer.rate or clip")
            .formatted(
                step,
                what,
                Words.read(objective.documents(step)),
                folder.resolve(CHECKPOINTS),
                step,
                otherWay));
  }

  /** config.json comes last but one, lineage.json last: a folder without it is unfinished. */
  private void write(Transformer model, Path tokenizer, Path result) {
    if (Files.isDirectory(tokenizer)) {
      ModelFolder.copyTokenizer(tokenizer, result);
    }
    model.write(result);
    model.adapter().ifPresent(adapter -> adapter.write(folder.resolve("adapter")));
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", "forefront-lineage-1");
    lineage.forEach(root::put);
    if (!settings.care().skip().isEmpty()) {
      root.put("skipped_updates", settings.care().skip().toString());
    }
    if (!Torch.computing().equals(Computing.PLAIN)) {
      root.put("computed_on", Torch.computing().toString());
    }
    SortedSet<Integer> worlds = Metrics.ranks(folder);
    if (!worlds.isEmpty() && worlds.last() > 1) {
      root.put("ranks", worlds.toString());
    }
    AtomicFile.write(result.resolve("lineage.json"), root.toPrettyString() + "\n");
  }

  private String fingerprint() {
    String text = settings.deciding() + "\n" + JsonMapper.shared().writeValueAsString(lineage);
    return "sha256:" + Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
