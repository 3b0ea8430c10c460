package dev.forefront.tensor;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Attention in which every place sees itself and what is before it (Vaswani et al. 2017), of heads
 * whose queries and keys turn with their place.
 *
 * @param heads of the queries
 * @param keyValueHeads which divide the heads
 * @param scale of the products of query and key
 * @param cap of the scaled products, see {@link Tensor#softCap}; 0 for none
 * @param window places that are seen, the own one included; 0 for all
 */
public record CausalAttention(int heads, int keyValueHeads, double scale, double cap, int window) {

  /**
   * What each head reads at each place, {@code [rows, length, heads, head size]}.
   *
   * @param heard queries, keys and values, {@code [rows, length, heads + 2 keyValueHeads, head
   *     size]}
   */
  public Tensor of(Tensor heard, Rotation rotation) {
    if (takesDocuments(cap)) {
      Documents rows = Documents.rows((int) heard.size(0), (int) heard.size(1));
      return AttentionKernel.of(this, heard, rotation, rows);
    }
    return byLibtorch(heard, rotation);
  }

  /**
   * Whether rows may hold several documents, which {@link #of} is told of.
   *
   * @param cap as above
   */
  public static boolean takesDocuments(double cap) {
    return cap == 0 && AttentionKernel.computes();
  }

  /**
   * Likewise of tokens that see none but those of their document, where {@link #takesDocuments};
   * zeros where no document is.
   */
  public Tensor of(Tensor heard, Rotation rotation, Documents documents) {
    return AttentionKernel.of(this, heard, rotation, documents);
  }

  /** Likewise, by the operations that libtorch has. */
  Tensor byLibtorch(Tensor heard, Rotation rotation) {
    List<Tensor> split = heard.split(2, heads + keyValueHeads, keyValueHeads);
    List<Tensor> turned = rotation.turned(split.getFirst()).split(2, heads, keyValueHeads);
    return attend(
            turned.getFirst().transpose(1, 2),
            turned.getLast().transpose(1, 2),
            split.getLast().transpose(1, 2))
        .transpose(1, 2);
  }

  private Tensor attend(Tensor query, Tensor key, Tensor value) {
    var q = query.pointer();
    boolean windowed = window > 0 && window < q.size(2);
    if (cap > 0) {
      return capped(query, key, value, windowed ? window : 0);
    }
    TensorOptional mask =
        windowed ? new TensorOptional(mask(q.size(2), window)) : new TensorOptional();
    return new Tensor(
        torch.scaled_dot_product_attention(
            q,
            key.pointer(),
            value.pointer(),
            mask,
            0,
            !windowed,
            new DoubleOptional(scale),
            heads != keyValueHeads));
  }

  private Tensor capped(Tensor query, Tensor key, Tensor value, int seen) {
    var q = query.pointer();
    long group = heads / keyValueHeads;
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
