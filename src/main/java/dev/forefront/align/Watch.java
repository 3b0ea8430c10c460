package dev.forefront.align;

import dev.forefront.train.Trainer;

/** Hears how a tuning goes. */
@FunctionalInterface
public interface Watch extends Trainer.Listener {

  /** So many of all pairs have been scored by the start model. */
  default void scored(int pairs, int all) {}

  Watch SILENT = update -> {};
}
