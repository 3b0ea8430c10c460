package dev.forefront.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Attention in which every place sees every other, as in encoders. */
public final class FullAttention {
  private FullAttention() {}

  /**
   * Scores are divided by the root of a head's size.
   *
   * @param query {@code [batch, heads, length, size]}, as are keys and values
   * @return of the same shape
   */
  public static Tensor of(Tensor query, Tensor key, Tensor value) {
    return new Tensor(
        torch.scaled_dot_product_attention(
            query.pointer(),
            key.pointer(),
            value.pointer(),
            new TensorOptional(),
            0,
            false,
            new DoubleOptional(),
            false));
  }
}
