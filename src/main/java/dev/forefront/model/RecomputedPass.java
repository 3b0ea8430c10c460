package dev.forefront.model;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * See {@link Recall#RECOMPUTE}. Forward, blocks leave no history; on the way back each is run again
 * with one and walked at once. The operations and their order are those of a pass that keeps
 * everything, so the gradients are the same to the last bit.
 */
final class RecomputedPass implements Pass {
  private final Body body;
  private final Deque<Tensor> inputs = new ArrayDeque<>();
  private final Tensor last;
  private final Tensor hidden;

  /**
   * A model's body in parts.
   *
   * @param start makes the residual stream
   * @param end what follows the last block
   */
  record Body(
      Supplier<Tensor> start, List<UnaryOperator<Tensor>> blocks, UnaryOperator<Tensor> end) {}

  RecomputedPass(Body body) {
    this.body = body;
    try (Torch.NoGrad _ = Torch.noGrad()) {
      inputs.push(kept(body.start()));
      for (UnaryOperator<Tensor> block : body.blocks()) {
        Tensor input = inputs.element();
        inputs.push(kept(() -> block.apply(input)));
      }
    }
    last = inputs.element().detach().requireGradient();
    hidden = body.end().apply(last);
  }

  private static Tensor kept(Supplier<Tensor> made) {
    try (Scope _ = Scope.open()) {
      return Scope.keep(made.get());
    }
  }

  @Override
  public Tensor hidden() {
    return hidden;
  }

  @Override
  public void backward(Tensor end, Tensor gradient) {
    end.backward(gradient);
    inputs.pop().close();
    Tensor carried = kept(() -> ownGradient(last));
    last.clearGradient();
    for (UnaryOperator<Tensor> block : body.blocks().reversed()) {
      carried = through(block, inputs.pop(), carried);
    }
    try (Scope _ = Scope.open()) {
      Tensor start = body.start().get();
      // Where an adapter is trained, the embedding is not.
      if (start.hasHistory()) {
        start.backward(carried);
      }
    }
    carried.close();
  }

  /** The gradient before a block from the one after it. */
  private static Tensor through(UnaryOperator<Tensor> block, Tensor input, Tensor after) {
    try (Scope _ = Scope.open()) {
      Tensor leaf = input.detach().requireGradient();
      block.apply(leaf).backward(after);
      return Scope.keep(ownGradient(leaf));
    } finally {
      input.close();
      after.close();
    }
  }

  /** A leaf's gradient lives inside the leaf; this one outlives it. */
  private static Tensor ownGradient(Tensor leaf) {
    return leaf.gradient().detach();
  }

  @Override
  public void close() {
    inputs.forEach(Tensor::close);
    inputs.clear();
  }
}
