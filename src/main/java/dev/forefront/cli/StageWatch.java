package dev.forefront.cli;

import dev.forefront.align.Watch;
import dev.forefront.train.Trainer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows how a training stage goes, and lets it save and end where the process is to end. */
final class StageWatch implements Watch, AutoCloseable {
  private final String stage;
  private final int steps;
  private final Interruption interruption = Interruption.watch();
  private @Nullable Progress progress;
  private boolean updating;

  private StageWatch(String stage, int steps) {
    this.stage = stage;
    this.steps = steps;
  }

  static StageWatch start(String stage, int steps) {
    return new StageWatch(stage, steps);
  }

  @Override
  public void scored(int pairs, int all) {
    Progress shown = progress;
    if (shown == null) {
      shown = Progress.start("scoring pairs", all, "pairs");
      progress = shown;
    }
    shown.at(pairs);
    interruption.check();
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
    shown.note(String.format(Locale.ROOT, "loss %.3f", update.loss()));
    shown.at(update.step() + 1L);
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
    interruption.close();
  }
}
