package dev.forefront.align;

import dev.forefront.train.Examiner;
import dev.forefront.train.Recipe;
import dev.forefront.train.Trainer;

/** Hears how a tuning goes, and brings who examines the model on the way. */
@FunctionalInterface
public interface Watch extends Trainer.Listener {

  /** So many of all pairs, or judged replies, have been scored by the start model. */
  default void scored(int examples, int all) {}

  /** Something about settings or data that a person may want to change. */
  default void advised(String words) {}

  /**
   * Examines the model by suites, which {@code align} does not know; asked only where the recipe
   * wants them.
   */
  default Examiner examiner(Recipe.Suites wanted) {
    throw new IllegalStateException(
        "the recipe wants the suites %s on the way, and nobody here knows them"
            .formatted(wanted.names()));
  }

  Watch SILENT = update -> {};
}
