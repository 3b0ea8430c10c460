package dev.forefront.model;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter adds to a product with one matrix, {@code scaling B A x} (Hu et al. 2021), while
 * it is trained.
 */
final class LowRank {
  private final long rows;
  private final @Nullable Trained trained;

  /**
   * @param a {@code [rank, in]}
   * @param b {@code [rows, rank]}
   */
  private record Trained(Tensor a, Tensor b, float scaling) {}

  private LowRank(long rows, @Nullable Trained trained) {
    this.rows = rows;
    this.trained = trained;
  }

  /** Of each part of a weight; empty where the adapter changes none of them. */
  static List<LowRank> beside(List<WeightNames.Part> parts, Adapter adapter) {
    if (parts.stream().noneMatch(adapter::changes)) {
      return List.of();
    }
    return parts.stream().map(part -> of(part, adapter)).toList();
  }

  /** Its matrices outlive scopes; whoever trains them frees them. */
  private static LowRank of(WeightNames.Part part, Adapter adapter) {
    Adapter.Pair pair = adapter.pairs().get(part.name());
    if (pair == null) {
      return new LowRank(part.shape()[0], null);
    }
    AdapterConfig config = adapter.config();
    try (Scope _ = Scope.open()) {
      Tensor a = Scope.keep(Tensor.of(pair.a(), config.rank(), pair.columns())).requireGradient();
      Tensor b = Scope.keep(Tensor.of(pair.b(), pair.rows(), config.rank())).requireGradient();
      return new LowRank(pair.rows(), new Trained(a, b, config.scaling()));
    }
  }

  boolean isTrained() {
    return trained != null;
  }

  /** {@code [..., in]} to {@code [..., rows]}. */
  Tensor of(Tensor x) {
    if (trained == null) {
      long[] shape = x.shape();
      shape[shape.length - 1] = rows;
      return Tensor.zeros(shape);
    }
    return x.linear(trained.a()).times(trained.scaling()).linear(trained.b());
  }

  private Trained trained() {
    if (trained == null) {
      throw new IllegalStateException("nothing is trained here");
    }
    return trained;
  }

  /** What an optimizer changes. */
  List<Transformer.Parameter> parameters(String weight) {
    String module = Adapter.module(weight);
    return List.of(
        parameter(module + Adapter.A, trained().a()), parameter(module + Adapter.B, trained().b()));
  }

  private static Transformer.Parameter parameter(String name, Tensor tensor) {
    return new Transformer.Parameter(
        name, tensor, Transformer.Kind.MATRIX, List.of(tensor.size(0)));
  }

  Adapter.Pair pair() {
    Tensor a = trained().a();
    return new Adapter.Pair(
        Math.toIntExact(rows), Math.toIntExact(a.size(1)), a.floats(), trained().b().floats());
  }

  void set(Adapter.Pair pair) {
    trained().a().set(pair.a());
    trained().b().set(pair.b());
  }
}
