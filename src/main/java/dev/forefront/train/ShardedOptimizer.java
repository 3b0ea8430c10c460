package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import dev.forefront.tensor.Group;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One optimizer on several ranks (ZeRO, stage 1; Rajbhandari et al. 2020): each rank remembers and
 * updates its share, then all get the new weights from their owners, so that replicas cannot drift
 * apart. Its state is the one of a single rank.
 */
final class ShardedOptimizer implements Optimizer {
  /** Tensors that an optimizer keeps of a piece, at most. */
  private static final int MOST_REMEMBERED = 2;

  private final Optimizer own;
  private final List<List<Piece>> shares;
  private final Recipe.Method kind;
  private final Group group;
  private final long most;

  /**
   * @param own of this rank's share
   * @param shares of all ranks
   */
  ShardedOptimizer(Optimizer own, List<List<Piece>> shares, Recipe.Method kind, Group group) {
    this.own = own;
    this.shares = shares;
    this.kind = kind;
    this.group = group;
    most = shares.stream().mapToLong(ShardedOptimizer::count).max().orElse(0);
  }

  private static long count(List<Piece> pieces) {
    return pieces.stream().mapToLong(Piece::count).sum();
  }

  @Override
  public void update(double share, double scale) {
    own.update(share, scale);
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      List<Tensor> updated = shares.get(group.rank()).stream().map(Piece::weights).toList();
      Tensor all = gathered(updated);
      for (int rank = 0; rank < shares.size(); rank++) {
        if (rank != group.rank()) {
          unpack(all.narrow(0, most * rank, most), shares.get(rank));
        }
      }
    }
  }

  /** Everybody's tensors, each rank's one behind the other from {@code rank * most} on. */
  private Tensor gathered(List<Tensor> tensors) {
    List<Tensor> parts = new ArrayList<>();
    tensors.forEach(tensor -> parts.add(tensor.detach().reshape(-1)));
    long count = tensors.stream().mapToLong(Tensor::count).sum();
    parts.add(Tensor.zeros(most - count));
    Tensor all = Tensor.empty(most * shares.size());
    group.gather(Tensor.cat(parts, 0), all).await();
    return all;
  }

  private static void unpack(Tensor packed, List<Piece> pieces) {
    long at = 0;
    for (Piece piece : pieces) {
      try (Scope _ = Scope.open()) {
        piece.weights().set(packed.narrow(0, at, piece.count()).view(piece.shape()));
      }
      at += piece.count();
    }
  }

  @Override
  public List<Moment> moments() {
    return own.moments();
  }

  @Override
  public List<SafeTensors.Entry> counters() {
    return own.counters();
  }

  /** Everybody's, on rank 0; nothing on the others, which give theirs. */
  @Override
  public List<SafeTensors.Entry> state() {
    Map<String, Whole> wholes = new LinkedHashMap<>();
    for (int which = 0; which < MOST_REMEMBERED; which++) {
      try (Scope _ = Scope.open()) {
        Tensor all = gathered(remembered(which));
        for (int rank = 0; rank < shares.size() && group.rank() == 0; rank++) {
          place(wholes, which, shares.get(rank), all.narrow(0, most * rank, most));
        }
      }
    }
    if (group.rank() > 0) {
      return List.of();
    }
    List<SafeTensors.Entry> entries = new ArrayList<>();
    wholes.forEach(
        (name, whole) -> entries.add(SafeTensors.of(name, whole.values(), whole.shape())));
    entries.addAll(own.counters());
    return entries;
  }

  /** Of each piece the first, second or further that is remembered, where there is one. */
  private List<Tensor> remembered(int which) {
    List<Moment> moments = own.moments();
    List<Tensor> tensors = new ArrayList<>();
    int at = 0;
    for (Piece piece : shares.get(group.rank())) {
      int count = Optimizer.remembered(piece, kind).size();
      if (which < count) {
        tensors.add(moments.get(at + which).tensor());
      }
      at += count;
    }
    return tensors;
  }

  private void place(Map<String, Whole> wholes, int which, List<Piece> pieces, Tensor packed) {
    long at = 0;
    for (Piece piece : pieces) {
      List<String> names = Optimizer.remembered(piece, kind);
      if (which < names.size()) {
        Whole whole =
            wholes.computeIfAbsent(names.get(which), _ -> Whole.of(piece.parameter().tensor()));
        float[] values = packed.narrow(0, at, piece.count()).floats();
        System.arraycopy(values, 0, whole.values(), piece.offset(), values.length);
        at += piece.count();
      }
    }
  }

  private record Whole(float[] values, long[] shape) {
    static Whole of(Tensor like) {
      return new Whole(new float[Math.toIntExact(like.count())], like.shape());
    }
  }

  @Override
  public void restore(SafeTensors state) {
    own.restore(state);
  }

  @Override
  public void close() {
    own.close();
  }
}
