package dev.forefront.tensor;

import java.util.List;

/**
 * Adds a product's share to its weight's gradient when the backward pass comes to the product.
 * Whoever listens to the weight hears of it as if libtorch had added the share.
 */
final class WeightGradient {

  private WeightGradient() {}

  /**
   * Has {@code weight}'s gradient grow by that of {@code y}, transposed, times {@code x}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}, a leaf
   * @param y {@code [..., out]}, with a history that does not know of the weight
   */
  static void follow(Tensor x, Tensor weight, Tensor y) {
    BackwardHook.on(
        y, List.of(x, weight), (gradient, kept) -> add(gradient, kept.getFirst(), kept.getLast()));
  }

  private static void add(
      org.bytedeco.pytorch.Tensor gradient,
      org.bytedeco.pytorch.Tensor x,
      org.bytedeco.pytorch.Tensor weight) {
    GradientHook.tell(weight);
    var byOutputs = gradient.reshape(-1, weight.size(0)).t();
    var inputs = x.reshape(-1, weight.size(1));
    var sum = weight.grad();
    if (sum.defined()) {
      sum.addmm_(byOutputs, inputs);
    } else {
      weight.mutable_grad().put(byOutputs.mm(inputs));
    }
  }
}
