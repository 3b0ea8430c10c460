package dev.forefront.cli;

import dev.forefront.data.Corpus;
import dev.forefront.train.Recipe;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where suites get their items.
 *
 * @param seed of the built-in world, and of the lots where a suite has more items than are wanted
 * @param sets folder that sets were pulled to
 * @param heldOut a corpus to measure perplexity on; without one, the world's held-out texts
 */
record SuiteSource(long seed, Path sets, Optional<Path> heldOut) {

  /**
   * @param sets folder that sets were pulled to
   * @param data folder of the road's data stage, which keeps a share where the recipe says so
   */
  static SuiteSource of(Recipe recipe, Path sets, Path data) {
    Path kept = data.resolve(DataStage.HELD_OUT).resolve(Corpus.FILE);
    return new SuiteSource(
        recipe.data().world().seed(),
        sets,
        recipe.data().heldOut() > 0 ? Optional.of(kept) : Optional.empty());
  }
}
