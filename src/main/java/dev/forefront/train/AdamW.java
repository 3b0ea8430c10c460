package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter 2019). Matrices decay, vectors do not. Parameters without a gradient
 * stay as they are.
 */
final class AdamW implements Optimizer {
  private static final String FIRST = "exp_avg.";
  private static final String SECOND = "exp_avg_sq.";
  private static final String STEP = "step";

  /** What is remembered of each piece. */
  static final List<String> PREFIXES = List.of(FIRST, SECOND);

  private final List<Piece> pieces;
  private final Recipe.Optimizer settings;
  private final List<Moment> first = new ArrayList<>();
  private final List<Moment> second = new ArrayList<>();
  private final Tensor step;

  AdamW(List<Piece> pieces, Recipe.Optimizer settings) {
    this.pieces = pieces;
    this.settings = settings;
    try (Scope _ = Scope.open()) {
      for (Piece piece : pieces) {
        first.add(Moment.zero(FIRST, piece));
        second.add(Moment.zero(SECOND, piece));
      }
      step = Scope.keep(Tensor.zeros());
    }
  }

  @Override
  public void update(double share, double scale) {
    double rate = settings.rate() * share;
    try (Scope _ = Scope.open()) {
      step.addInPlace(Tensor.ones());
      update(rate, scale, settings.weightDecay(), true);
      update(rate, scale, 0, false);
    }
  }

  private void update(double rate, double scale, double decay, boolean matrices) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<Tensor> m = new ArrayList<>();
    List<Tensor> v = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      if ((piece.shape().length > 1) == matrices && piece.hasGradient()) {
        weights.add(piece.weights());
        gradients.add(piece.gradient());
        m.add(first.get(i).tensor());
        v.add(second.get(i).tensor());
      }
    }
    AdamWKernel.update(
        weights,
        gradients,
        m,
        v,
        List.of(),
        Collections.nCopies(weights.size(), step),
        new AdamWKernel.Settings(
            rate, settings.beta1(), settings.beta2(), decay, settings.epsilon(), scale));
  }

  @Override
  public List<Moment> moments() {
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      moments.add(first.get(i));
      moments.add(second.get(i));
    }
    return moments;
  }

  /** The number of updates. */
  @Override
  public List<SafeTensors.Entry> counters() {
    return List.of(SafeTensors.of(STEP, step.floats()));
  }

  @Override
  public void restore(SafeTensors state) {
    moments().forEach(moment -> moment.restore(state));
    step.set(state.entry(STEP).floats());
  }

  @Override
  public void close() {
    moments().forEach(Moment::close);
    step.close();
  }
}
