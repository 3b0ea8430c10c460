package dev.forefront.model;

import dev.forefront.tensor.CausalAttention;
import dev.forefront.tensor.Rotation;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer: attention, then the gated feed-forward, each normalised before, after, or both, and
 * added back. Shapes in names: B rows, T length, D width, H query heads, K key-value heads, S head
 * size.
 *
 * @param qkv {@code [(H + 2K)S, D]}: query, key and value projections in one product
 * @param queryNorm {@code [S]} where the architecture has one; so {@code keyNorm}
 * @param out {@code [D, HS]}
 * @param gateUp {@code [2F, D]}: gate and value of the feed-forward in one product
 * @param down {@code [D, F]}
 */
record Block(
    @Nullable Tensor attentionNorm,
    Projection qkv,
    @Nullable Tensor queryNorm,
    @Nullable Tensor keyNorm,
    Projection out,
    @Nullable Tensor afterAttention,
    @Nullable Tensor feedForwardNorm,
    Projection gateUp,
    Projection down,
    @Nullable Tensor afterFeedForward) {

  /**
   * Where tokens stand.
   *
   * @param rotation of queries and keys
   * @param window tokens that are seen, the current one included, or 0 for all
   * @param segments where rows hold several documents
   */
  record Place(Rotation rotation, int window, @Nullable Segments segments) {}

  Tensor forward(ModelConfig config, Tensor x_BTD, Place place) {
    Tensor a_BTD = attention(config, norm(config, x_BTD, attentionNorm), place);
    Tensor h_BTD = x_BTD.plus(norm(config, a_BTD, afterAttention));
    Tensor f_BTD = feedForward(config, norm(config, h_BTD, feedForwardNorm));
    return h_BTD.plus(norm(config, f_BTD, afterFeedForward));
  }

  /** RMSNorm as the architecture has it, where there is a weight. */
  static Tensor norm(ModelConfig config, Tensor x, @Nullable Tensor weight) {
    if (weight == null) {
      return x;
    }
    Tensor factor = config.architecture().has(Trait.SHIFTED_NORM) ? weight.plus(1.0) : weight;
    return x.rmsNorm(factor, config.normEpsilon());
  }

  private Tensor attention(ModelConfig config, Tensor x_BTD, Place place) {
    long rows = x_BTD.size(0);
    long length = x_BTD.size(1);
    int h = config.heads();
    int k = config.keyValueHeads();
    int s = config.headSize();
    Attending attending = config.attending();
    double scale = 1 / Math.sqrt(attending.queryScalar());
    CausalAttention attention =
        new CausalAttention(h, k, scale, attending.scoreCap(), place.window());
    Tensor heard_BTNS = headNorm(config, qkv.of(x_BTD).view(rows, length, h + 2L * k, s));
    Segments segments = place.segments();
    if (segments == null) {
      return out.of(attention.of(heard_BTNS, place.rotation()).reshape(rows, length, (long) h * s));
    }
    if (segments.areTold()) {
      return out.of(
          attention
              .of(heard_BTNS, place.rotation(), segments.documents())
              .view(rows, length, (long) h * s));
    }
    Tensor packed_PE = segments.pack(heard_BTNS.reshape(rows * length, (h + 2L * k) * s));
    List<Tensor> attended = new ArrayList<>();
    for (Segments.Part part : segments.parts(packed_PE)) {
      Tensor all_BTNS = part.tokens().view(part.documents(), part.length(), h + 2L * k, s);
      attended.add(
          attention
              .of(all_BTNS, place.rotation())
              .reshape((long) part.documents() * part.length(), (long) h * s));
    }
    return out.of(segments.unpack(attended).view(rows, length, (long) h * s));
  }

  private Tensor headNorm(ModelConfig config, Tensor heard_BTNS) {
    if (queryNorm == null || keyNorm == null) {
      return heard_BTNS;
    }
    int h = config.heads();
    int k = config.keyValueHeads();
    List<Tensor> split = heard_BTNS.split(2, h, k, k);
    Tensor q = split.getFirst();
    Tensor key = split.get(1);
    boolean wide = config.architecture().has(Trait.WIDTH_NORM);
    return Tensor.cat(
        List.of(
            wide ? widthNorm(config, q, queryNorm) : norm(config, q, queryNorm),
            wide ? widthNorm(config, key, keyNorm) : norm(config, key, keyNorm),
            split.getLast()),
        2);
  }

  private static Tensor widthNorm(ModelConfig config, Tensor x_BTNS, Tensor weight) {
    long rows = x_BTNS.size(0);
    long length = x_BTNS.size(1);
    return norm(config, x_BTNS.reshape(rows, length, weight.size(0)), weight)
        .view(rows, length, x_BTNS.size(2), x_BTNS.size(3));
  }

  private Tensor feedForward(ModelConfig config, Tensor x_BTD) {
    int f = config.intermediateSize();
    List<Tensor> both = gateUp.of(x_BTD).split(2, f, f);
    Tensor gate = both.getFirst();
    Tensor open = config.architecture().has(Trait.GELU) ? gate.geluTanh() : gate.silu();
    return down.of(open.times(both.getLast()));
  }
}
