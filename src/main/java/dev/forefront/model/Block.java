package dev.forefront.model;

import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer: attention, then the gated feed-forward, each on a normalised copy that is added back.
 * Shapes in names: B rows, T length, D width, H query heads, K key-value heads, S head size.
 *
 * @param qkv {@code [(H + 2K)S, D]}: query, key and value projections in one product
 * @param qkvBias {@code [(H + 2K)S]} where the architecture has one
 * @param queryNorm {@code [S]} where the architecture has one; so {@code keyNorm}
 * @param out {@code [D, HS]}
 * @param gateUp {@code [2F, D]}: gate and value of the feed-forward in one product
 * @param down {@code [D, F]}
 */
record Block(
    Tensor attentionNorm,
    Tensor qkv,
    @Nullable Tensor qkvBias,
    @Nullable Tensor queryNorm,
    @Nullable Tensor keyNorm,
    Tensor out,
    Tensor feedForwardNorm,
    Tensor gateUp,
    Tensor down) {

  /**
   * Where tokens stand.
   *
   * @param cos of the rotary angles, {@code [1, T, 1, S/2]} for positions 0 to T - 1; so {@code
   *     sin}
   * @param segments where rows hold several documents
   */
  record Place(Tensor cos, Tensor sin, @Nullable Segments segments) {

    /** The first {@code length} positions. */
    Place first(long length) {
      return new Place(cos.narrow(1, 0, length), sin.narrow(1, 0, length), null);
    }
  }

  Tensor forward(ModelConfig config, Tensor x_BTD, Place place) {
    Tensor h_BTD =
        x_BTD.plus(attention(config, x_BTD.rmsNorm(attentionNorm, config.normEpsilon()), place));
    return h_BTD.plus(feedForward(config, h_BTD.rmsNorm(feedForwardNorm, config.normEpsilon())));
  }

  private Tensor attention(ModelConfig config, Tensor x_BTD, Place place) {
    long rows = x_BTD.size(0);
    long length = x_BTD.size(1);
    int h = config.heads();
    int k = config.keyValueHeads();
    int s = config.headSize();
    Tensor flat_BTE = qkvBias == null ? x_BTD.linear(qkv) : x_BTD.linear(qkv, qkvBias);
    Segments segments = place.segments();
    if (segments == null) {
      return attend(config, flat_BTE.view(rows, length, h + 2L * k, s), place)
          .reshape(rows, length, (long) h * s)
          .linear(out);
    }
    Tensor packed_PE = segments.pack(flat_BTE.view(rows * length, (h + 2L * k) * s));
    List<Tensor> attended = new ArrayList<>();
    for (Segments.Part part : segments.parts(packed_PE)) {
      Tensor all_BTNS = part.tokens().view(part.documents(), part.length(), h + 2L * k, s);
      attended.add(
          attend(config, all_BTNS, place.first(part.length()))
              .reshape((long) part.documents() * part.length(), (long) h * s));
    }
    return segments.unpack(attended).view(rows, length, (long) h * s).linear(out);
  }

  /** Causal attention of {@code [B, T, H + 2K, S]}, giving {@code [B, T, H, S]}. */
  private Tensor attend(ModelConfig config, Tensor all_BTNS, Place place) {
    int h = config.heads();
    int k = config.keyValueHeads();
    List<Tensor> split = all_BTNS.split(2, h + k, k);
    List<Tensor> turned =
        rotate(headNorm(config, split.getFirst()), config.headSize() / 2, place).split(2, h, k);
    return turned
        .getFirst()
        .transpose(1, 2)
        .causalAttention(turned.getLast().transpose(1, 2), split.getLast().transpose(1, 2))
        .transpose(1, 2);
  }

  private Tensor headNorm(ModelConfig config, Tensor qk_BTNS) {
    if (queryNorm == null || keyNorm == null) {
      return qk_BTNS;
    }
    List<Tensor> split = qk_BTNS.split(2, config.heads(), config.keyValueHeads());
    return Tensor.cat(
        List.of(
            split.getFirst().rmsNorm(queryNorm, config.normEpsilon()),
            split.getLast().rmsNorm(keyNorm, config.normEpsilon())),
        2);
  }

  private static Tensor rotate(Tensor x_BTNS, int half, Place place) {
    List<Tensor> halves = x_BTNS.split(3, half, half);
    Tensor a = halves.getFirst();
    Tensor b = halves.getLast();
    Tensor first = a.times(place.cos()).plusProduct(b, place.sin(), -1);
    Tensor second = b.times(place.cos()).plusProduct(a, place.sin(), 1);
    return Tensor.cat(List.of(first, second), 3);
  }

  private Tensor feedForward(ModelConfig config, Tensor x_BTD) {
    int f = config.intermediateSize();
    List<Tensor> both = x_BTD.linear(gateUp).split(2, f, f);
    return both.getFirst().silu().times(both.getLast()).linear(down);
  }
}
