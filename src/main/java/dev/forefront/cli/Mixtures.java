package dev.forefront.cli;

import dev.forefront.data.Mixture;
import dev.forefront.train.Recipe;
import java.util.List;

/** A recipe's sources as the data room knows them. */
final class Mixtures {

  private Mixtures() {}

  static Mixture of(List<Recipe.Source> sources) {
    return new Mixture(
        sources.stream().map(source -> new Mixture.Part(source.set(), source.epochs())).toList());
  }
}
