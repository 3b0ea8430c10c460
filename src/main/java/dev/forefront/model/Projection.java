package dev.forefront.model;

import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A product of a block with a weight that may hold several matrices, one below the other.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]} where the architecture has one
 * @param added what an adapter adds to each of the matrices, in their order; empty where it changes
 *     none
 */
record Projection(Tensor weight, @Nullable Tensor bias, List<LowRank> added) {

  Tensor of(Tensor x) {
    Tensor y = bias == null ? x.linear(weight) : x.linear(weight, bias);
    if (added.isEmpty()) {
      return y;
    }
    List<Tensor> parts = new ArrayList<>();
    added.forEach(one -> parts.add(one.of(x)));
    return y.plus(parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, x.shape().length - 1));
  }
}
