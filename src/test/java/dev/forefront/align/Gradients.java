package dev.forefront.align;

import dev.forefront.model.Transformer;

/** Looks at a model's gradients. */
final class Gradients {

  private Gradients() {}

  /** The global norm. */
  static double norm(Transformer model) {
    double squares = 0;
    for (Transformer.Parameter parameter : model.parameters()) {
      double norm = norm(parameter);
      squares += norm * norm;
    }
    return Math.sqrt(squares);
  }

  static double norm(Transformer.Parameter parameter) {
    double squares = 0;
    for (float one : parameter.tensor().gradient().floats()) {
      squares += (double) one * one;
    }
    return Math.sqrt(squares);
  }
}
