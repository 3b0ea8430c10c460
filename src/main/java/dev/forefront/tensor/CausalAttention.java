package dev.forefront.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Attention in which every place sees itself and what is before it (Vaswani et al. 2017).
 *
 * @param scale of the products of query and key
 * @param cap of the scaled products, see {@link Tensor#softCap}; 0 for none
 * @param window places that are seen, the own one included; 0 for all
 */
public record CausalAttention(double scale, double cap, int window) {

  /**
   * What each head reads at each place, {@code [rows, heads, length, head size]}.
   *
   * @param query {@code [rows, heads, length, head size]}
   * @param key {@code [rows, key-value heads, length, head size]}, which divide the heads
   * @param value of the key's shape
   */
  public Tensor of(Tensor query, Tensor key, Tensor value) {
    var q = query.pointer();
    boolean windowed = window > 0 && window < q.size(2);
    if (cap > 0) {
      return capped(query, key, value, windowed ? window : 0);
    }
    TensorOptional mask =
        windowed ? new TensorOptional(mask(q.size(2), window)) : new TensorOptional();
    boolean grouped = q.size(1) != key.size(1);
    return new Tensor(
        torch.scaled_dot_product_attention(
            q,
            key.pointer(),
            value.pointer(),
            mask,
            0,
            !windowed,
            new DoubleOptional(scale),
            grouped));
  }

  private Tensor capped(Tensor query, Tensor key, Tensor value, int seen) {
    var q = query.pointer();
    long group = q.size(1) / key.size(1);
    var keys = key.pointer().repeat_interleave(group, new LongOptional(1), new LongOptional());
    var values = value.pointer().repeat_interleave(group, new LongOptional(1), new LongOptional());
    var scores = q.matmul(keys.transpose(2, 3)).mul(new Scalar(scale));
    var capped = new Tensor(scores).softCap(cap).pointer();
    return new Tensor(capped.add(mask(q.size(2), seen)).softmax(3).matmul(values));
  }

  /** Minus infinity where a place does not see another, {@code [length, length]}. */
  private static org.bytedeco.pytorch.Tensor mask(long length, int window) {
    long[] shape = {length, length};
    Scalar hidden = new Scalar(Double.NEGATIVE_INFINITY);
    var later = torch.full(shape, hidden, Tensor.options(ScalarType.Float)).triu(1);
    if (window == 0) {
      return later;
    }
    return later.add(torch.full(shape, hidden, Tensor.options(ScalarType.Float)).tril(-window));
  }
}
