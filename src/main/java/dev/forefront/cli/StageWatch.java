package dev.forefront.cli;

import dev.forefront.align.Watch;
import dev.forefront.tensor.Peak;
import dev.forefront.tensor.Torch;
import dev.forefront.train.Examiner;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows how a training stage goes, and lets it save and end where the process is to end. */
final class StageWatch implements Watch, AutoCloseable {
  private static final double FORGETTING = 0.05;
  // A machine that did other work while its peak was measured trains beyond it: measured again.
  private static final int MOST_PEAKS = 4;

  private final String stage;
  private final int steps;
  private final Interruption interruption = Interruption.watch();
  private final Path folder;
  private final Work work;
  private Function<Recipe.Suites, Examiner> examiners = Watch.super::examiner;
  private @Nullable Progress progress;
  private int ranks = 1;
  private boolean updating;
  private double peak;
  private int peaks;
  private double smoothed;
  private double speed;

  private StageWatch(String stage, int steps, Path folder, Work work) {
    this.stage = stage;
    this.steps = steps;
    this.folder = folder;
    this.work = work;
  }

  /**
   * @param folder of the stage; gets the report
   * @param work for one token, by which the machine's peak is measured
   */
  static StageWatch start(String stage, int steps, Path folder, Work work) {
    return new StageWatch(stage, steps, folder, work);
  }

  /** Likewise, of so many ranks whose work is shown as one; each has the peak of this one. */
  StageWatch of(int all) {
    ranks = all;
    return this;
  }

  /** Likewise, examined by what this makes where the recipe wants suites. */
  StageWatch examinedBy(Function<Recipe.Suites, Examiner> wanted) {
    examiners = wanted;
    return this;
  }

  @Override
  public Examiner examiner(Recipe.Suites wanted) {
    return examiners.apply(wanted);
  }

  @Override
  public void scored(int examples, int all) {
    Progress shown = progress;
    if (shown == null) {
      shown = Progress.start("scoring replies", all, "prompts");
      progress = shown;
    }
    shown.at(examples);
    interruption.check();
  }

  @Override
  public void advised(String words) {
    System.err.println(stage + ": " + words);
  }

  @Override
  public void resumed(int updates) {
    System.err.printf(Locale.ROOT, "%s goes on after update %,d of %,d%n", stage, updates, steps);
  }

  @Override
  public void updated(Trainer.Update update) {
    Progress shown = progress;
    if (shown == null || !updating) {
      hide();
      shown = Progress.start(stage, steps, "steps");
      progress = shown;
      updating = true;
    }
    shown.note(note(update));
    shown.at(update.step() + 1L);
  }

  private String note(Trainer.Update update) {
    double now = update.tokens() / Math.max(update.seconds(), 1e-9);
    if (peaks == 0) {
      smoothed = update.loss();
      speed = now;
    }
    smoothed += FORGETTING * (update.loss() - smoothed);
    speed += FORGETTING * (now - speed);
    if (peaks == 0 || utilization() > 1 && peaks < MOST_PEAKS) {
      peak = Math.max(peak, Peak.gflops());
      peaks++;
    }
    return String.format(
        Locale.ROOT,
        "loss %.3f (%.3f)  norm %.2f  lr %.2g  %,.0f tok/s  MFU %.0f%%  %s",
        update.loss(),
        smoothed,
        update.gradientNorm(),
        update.rate(),
        speed,
        100 * utilization(),
        memory());
  }

  private double utilization() {
    return work.utilization(speed / ranks, peak);
  }

  /** Of the process, and where a card computes, the most of its own. */
  private static String memory() {
    String own = Memory.shown((double) Memory.resident());
    OptionalLong card = Torch.computing().device().peakMemory();
    return card.isEmpty() ? own : own + ", card " + Memory.shown((double) card.getAsLong());
  }

  @Override
  public boolean stopWanted() {
    return interruption.wanted();
  }

  private void hide() {
    if (progress != null) {
      progress.close();
    }
  }

  @Override
  public void close() {
    hide();
    try {
      RunReport.write(folder, stage + " of " + runName());
    } finally {
      interruption.close();
    }
  }

  /** The run's folder, by its last name: a page is shown to others. */
  private Object runName() {
    Path run = folder.toAbsolutePath().normalize().getParent();
    Path name = run == null ? null : run.getFileName();
    return name == null ? "a run" : name;
  }
}
