package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.MuonKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Muon (Jordan et al. 2024) for matrices; see {@link MuonKernel}. Matrices that lie in one tensor
 * are updated one by one: what is orthogonal depends on where a matrix ends. A piece holds whole
 * matrices.
 */
final class Muon implements Optimizer {
  private static final String MOMENTUM = "momentum.";

  /** What is remembered of each piece. */
  static final List<String> PREFIXES = List.of(MOMENTUM);

  private final List<Piece> pieces;
  private final Recipe.Muon settings;
  private final List<Moment> momentum = new ArrayList<>();

  Muon(List<Piece> pieces, Recipe.Muon settings) {
    this.pieces = pieces;
    this.settings = settings;
    try (Scope _ = Scope.open()) {
      for (Piece piece : pieces) {
        momentum.add(Moment.zero(MOMENTUM, piece));
      }
    }
  }

  @Override
  public void update(double share, double scale) {
    MuonKernel.Settings now =
        new MuonKernel.Settings(
            settings.rate() * share,
            settings.momentum(),
            settings.nesterov(),
            settings.weightDecay(),
            settings.iterations(),
            settings.adjust(),
            settings.precision(),
            scale);
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i).hasGradient()) {
        update(pieces.get(i), momentum.get(i).tensor(), now);
      }
    }
  }

  private static void update(Piece piece, Tensor momentum, MuonKernel.Settings now) {
    for (Piece matrix : piece.matrices()) {
      try (Scope _ = Scope.open()) {
        long place = matrix.from() - piece.from();
        MuonKernel.update(
            matrix.weights(), matrix.gradient(), momentum.narrow(0, place, matrix.rows()), now);
      }
    }
  }

  @Override
  public List<Moment> moments() {
    return momentum;
  }

  @Override
  public List<SafeTensors.Entry> counters() {
    return List.of();
  }

  @Override
  public void restore(SafeTensors state) {
    momentum.forEach(moment -> moment.restore(state));
  }

  @Override
  public void close() {
    momentum.forEach(Moment::close);
  }
}
