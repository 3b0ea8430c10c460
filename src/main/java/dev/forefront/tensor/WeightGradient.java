package dev.forefront.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.jspecify.annotations.Nullable;

/**
 * Adds a product's share to its weight's gradient when the backward pass comes to the product.
 * Whoever listens to the weight hears of it as if libtorch had added the share.
 *
 * <p>The native side holds a listener by its address and never says that it has let go of it: each
 * is used again once it was called, and none is freed.
 */
final class WeightGradient extends VoidTensorHook {
  /**
   * Products that may wait for their backward pass, on each thread. A history that is thrown away
   * leaves its products waiting; the oldest are given up for new ones.
   */
  private static final int MOST = 4_096;

  private static final ThreadLocal<Listeners> LISTENERS = ThreadLocal.withInitial(Listeners::new);

  private record Listeners(Deque<WeightGradient> idle, Deque<WeightGradient> waiting) {
    Listeners() {
      this(new ArrayDeque<>(), new ArrayDeque<>());
    }
  }

  private record Factors(
      org.bytedeco.pytorch.Tensor input, org.bytedeco.pytorch.Tensor weight, Deque<?> waiting) {}

  private @Nullable Factors factors;

  private WeightGradient() {}

  /**
   * Has {@code weight}'s gradient grow by that of {@code y}, transposed, times {@code x}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}, a leaf
   * @param y {@code [..., out]}, with a history that does not know of the weight
   */
  static void follow(Tensor x, Tensor weight, Tensor y) {
    Listeners own = LISTENERS.get();
    if (own.waiting().size() == MOST) {
      // Its history is believed to be gone; it does not serve another.
      own.waiting().remove().letGo();
    }
    WeightGradient idle = own.idle().poll();
    WeightGradient one = idle == null ? made() : idle;
    one.factors = new Factors(kept(x), kept(weight), own.waiting());
    own.waiting().add(one);
    y.pointer().register_hook(one);
  }

  private static WeightGradient made() {
    WeightGradient made = new WeightGradient();
    made.retainReference();
    return made;
  }

  private static org.bytedeco.pytorch.Tensor kept(Tensor tensor) {
    org.bytedeco.pytorch.Tensor own = new org.bytedeco.pytorch.Tensor(tensor.pointer());
    own.retainReference();
    return own;
  }

  private void letGo() {
    if (factors != null) {
      factors.input().close();
      factors.weight().close();
    }
    factors = null;
  }

  @Override
  public void call(TensorBase gradient) {
    Factors of = factors;
    if (of == null) {
      throw new IllegalStateException(
          "a product's backward pass came after %d other products".formatted(MOST));
    }
    try (PointerScope _ = new PointerScope()) {
      org.bytedeco.pytorch.Tensor weight = of.weight();
      GradientHook.tell(weight);
      var byOutputs = new org.bytedeco.pytorch.Tensor(gradient).reshape(-1, weight.size(0)).t();
      var inputs = of.input().reshape(-1, weight.size(1));
      var sum = weight.grad();
      if (sum.defined()) {
        sum.addmm_(byOutputs, inputs);
      } else {
        weight.mutable_grad().put(byOutputs.mm(inputs));
      }
    }
    // The last product is the first that a backward pass comes to.
    of.waiting().removeLastOccurrence(this);
    letGo();
    LISTENERS.get().idle().add(this);
  }
}
