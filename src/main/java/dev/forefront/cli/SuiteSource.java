package dev.forefront.cli;

import dev.forefront.train.Recipe;
import java.nio.file.Path;

record SuiteSource(long seed, double size) {
  static SuiteSource of(Recipe recipe, Path data, Path corpus) {
    return new SuiteSource(recipe.data().world().seed(), recipe.data().world().size());
  }
}
