package dev.forefront.model;

import dev.forefront.tensor.Tensor;
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

  /** Cosines and sines {@code [B or 1, T, 1, S/2]} and the mask, or none for causal order. */
  record Place(Tensor cos, Tensor sin, @Nullable Tensor mask) {}

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
    Tensor flat = qkvBias == null ? x_BTD.linear(qkv) : x_BTD.linear(qkv, qkvBias);
    Tensor all_BTNS = flat.view(rows, length, h + 2L * k, s);
    Tensor qk_BTNS = headNorm(config, all_BTNS.narrow(2, 0, h + k));
    Tensor turned = rotate(qk_BTNS, s / 2, place);
    Tensor q_BHTS = turned.narrow(2, 0, h).transpose(1, 2);
    Tensor k_BKTS = turned.narrow(2, h, k).transpose(1, 2);
    Tensor v_BKTS = all_BTNS.narrow(2, h + k, k).transpose(1, 2);
    Tensor a_BHTS =
        place.mask() == null
            ? q_BHTS.causalAttention(k_BKTS, v_BKTS)
            : q_BHTS.maskedAttention(k_BKTS, v_BKTS, place.mask());
    return a_BHTS.transpose(1, 2).reshape(rows, length, (long) h * s).linear(out);
  }

  private Tensor headNorm(ModelConfig config, Tensor qk_BTNS) {
    if (queryNorm == null || keyNorm == null) {
      return qk_BTNS;
    }
    Tensor q = qk_BTNS.narrow(2, 0, config.heads());
    Tensor k = qk_BTNS.narrow(2, config.heads(), config.keyValueHeads());
    return Tensor.cat(
        List.of(
            q.rmsNorm(queryNorm, config.normEpsilon()), k.rmsNorm(keyNorm, config.normEpsilon())),
        2);
  }

  private static Tensor rotate(Tensor x_BTNS, int half, Place place) {
    Tensor a = x_BTNS.narrow(3, 0, half);
    Tensor b = x_BTNS.narrow(3, half, half);
    Tensor first = a.times(place.cos()).minus(b.times(place.sin()));
    Tensor second = b.times(place.cos()).plus(a.times(place.sin()));
    return Tensor.cat(List.of(first, second), 3);
  }

  private Tensor feedForward(ModelConfig config, Tensor x_BTD) {
    Tensor both = x_BTD.linear(gateUp);
    int f = config.intermediateSize();
    return both.narrow(2, 0, f).silu().times(both.narrow(2, f, f)).linear(down);
  }
}
