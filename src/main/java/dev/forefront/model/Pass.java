package dev.forefront.model;

import dev.forefront.tensor.Tensor;

/**
 * One way through a model's body. The scope that is open when it begins is still open when it goes
 * back.
 */
public sealed interface Pass extends AutoCloseable permits Pass.Kept, RecomputedPass {

  /** The residual stream after the final norm, {@code [rows, length, width]}. */
  Tensor hidden();

  /**
   * Adds to the gradients of the model's parameters; once for each pass.
   *
   * @param end what was computed from {@link #hidden}
   * @param gradient derivative of something further on by {@code end}
   */
  void backward(Tensor end, Tensor gradient);

  /** Frees what was kept for the way back. */
  @Override
  void close();

  /** One whose way back the tensors remember themselves. */
  record Kept(Tensor hidden) implements Pass {
    @Override
    public void backward(Tensor end, Tensor gradient) {
      end.backward(gradient);
    }

    @Override
    public void close() {}
  }
}
