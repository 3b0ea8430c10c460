package dev.forefront.train;

import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which rank updates what. AdamW knows no rows, so that parameters are cut where every rank gets
 * equally many numbers; Muon needs whole matrices, which are dealt out, the dearest first, always
 * to who has least.
 */
final class Shares {
  private Shares() {}

  /**
   * @return the pieces of each rank, those of Muon first; together all parameters, none twice
   */
  static List<List<Piece>> of(List<Parameter> parameters, Recipe.Method kind, int ranks) {
    List<List<Piece>> shares = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      shares.add(new ArrayList<>());
    }
    boolean muon = kind == Recipe.Method.MUON;
    List<Piece> whole = parameters.stream().map(Piece::whole).toList();
    if (muon) {
      deal(whole.stream().filter(piece -> piece.kind() == Kind.MATRIX).toList(), shares);
    }
    cut(whole.stream().filter(piece -> !muon || piece.kind() != Kind.MATRIX).toList(), shares);
    return shares;
  }

  private static void deal(List<Piece> pieces, List<List<Piece>> shares) {
    double[] load = new double[shares.size()];
    List<Piece> matrices =
        pieces.stream()
            .flatMap(piece -> piece.matrices().stream())
            .sorted(Comparator.comparingDouble(Shares::cost).reversed())
            .toList();
    for (Piece matrix : matrices) {
      int least = 0;
      for (int rank = 1; rank < load.length; rank++) {
        least = load[rank] < load[least] ? rank : least;
      }
      load[least] += cost(matrix);
      shares.get(least).add(matrix);
    }
  }

  /** Of the iteration of Newton and Schulz. */
  private static double cost(Piece matrix) {
    return (double) matrix.count() * Math.min(matrix.rows(), matrix.width());
  }

  private static void cut(List<Piece> pieces, List<List<Piece>> shares) {
    int ranks = shares.size();
    double each = pieces.stream().mapToLong(Piece::count).sum() / (double) ranks;
    double before = 0;
    for (Piece piece : pieces) {
      long from = 0;
      for (int rank = 0; rank < ranks && from < piece.rows(); rank++) {
        double end = (each * (rank + 1) - before) / piece.width();
        long to = rank == ranks - 1 ? piece.rows() : Math.min(piece.rows(), Math.round(end));
        if (to > from) {
          shares.get(rank).add(new Piece(piece.parameter(), from, to - from));
          from = to;
        }
      }
      before += piece.count();
    }
  }
}
