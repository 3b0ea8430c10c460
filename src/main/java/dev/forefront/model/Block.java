package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.CausalAttention;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
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
   * Cosine and sine of the rotary angles, {@code [T, 1, R/2]}, of R entries that turn, for
   * positions 0 to T - 1; kept until closed.
   */
  record Angles(Tensor cos, Tensor sin) {
    private static final long MOST = 1L << 28;

    static Angles of(ModelConfig config, Rope rope) {
      return new Angles(of(config, rope, Math::cos), of(config, rope, Math::sin));
    }

    private static Tensor of(ModelConfig config, Rope rope, DoubleUnaryOperator function) {
      float[] frequencies = rope.frequencies(config.headSize());
      if ((long) config.contextLength() * frequencies.length > MOST) {
        throw new BadInputException(
            "a context of %,d tokens is too long for the trainable model"
                .formatted(config.contextLength()));
      }
      float[] values = new float[config.contextLength() * frequencies.length];
      for (int position = 0; position < config.contextLength(); position++) {
        for (int i = 0; i < frequencies.length; i++) {
          // The reference multiplies in float32; doing the same keeps far positions equal.
          float angle = position * frequencies[i];
          values[position * frequencies.length + i] =
              (float) function.applyAsDouble(angle) * rope.attentionFactor();
        }
      }
      try (Scope _ = Scope.open()) {
        return Scope.keep(Tensor.of(values, config.contextLength(), 1, frequencies.length));
      }
    }

    void close() {
      cos.close();
      sin.close();
    }
  }

  /**
   * Where tokens stand.
   *
   * @param cos of the rotary angles, {@code [1, T, 1, R/2]} for positions 0 to T - 1; so {@code
   *     sin}
   * @param window tokens that are seen, the current one included, or 0 for all
   * @param segments where rows hold several documents
   */
  record Place(Tensor cos, Tensor sin, int window, @Nullable Segments segments) {

    /** The first {@code length} positions. */
    Place first(long length) {
      return new Place(cos.narrow(1, 0, length), sin.narrow(1, 0, length), window, null);
    }
  }

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
    Tensor flat_BTE = qkv.of(x_BTD);
    Segments segments = place.segments();
    if (segments == null) {
      return out.of(
          attend(config, flat_BTE.view(rows, length, h + 2L * k, s), place)
              .reshape(rows, length, (long) h * s));
    }
    Tensor packed_PE = segments.pack(flat_BTE.view(rows * length, (h + 2L * k) * s));
    List<Tensor> attended = new ArrayList<>();
    for (Segments.Part part : segments.parts(packed_PE)) {
      Tensor all_BTNS = part.tokens().view(part.documents(), part.length(), h + 2L * k, s);
      attended.add(
          attend(config, all_BTNS, place.first(part.length()))
              .reshape((long) part.documents() * part.length(), (long) h * s));
    }
    return out.of(segments.unpack(attended).view(rows, length, (long) h * s));
  }

  /** Causal attention of {@code [B, T, H + 2K, S]}, giving {@code [B, T, H, S]}. */
  private Tensor attend(ModelConfig config, Tensor all_BTNS, Place place) {
    int h = config.heads();
    int k = config.keyValueHeads();
    List<Tensor> split = all_BTNS.split(2, h + k, k);
    List<Tensor> turned = rotate(headNorm(config, split.getFirst()), place).split(2, h, k);
    Attending attending = config.attending();
    double scale = 1 / Math.sqrt(attending.queryScalar());
    return new CausalAttention(scale, attending.scoreCap(), place.window())
        .of(
            turned.getFirst().transpose(1, 2),
            turned.getLast().transpose(1, 2),
            split.getLast().transpose(1, 2))
        .transpose(1, 2);
  }

  private Tensor headNorm(ModelConfig config, Tensor qk_BTNS) {
    if (queryNorm == null || keyNorm == null) {
      return qk_BTNS;
    }
    List<Tensor> split = qk_BTNS.split(2, config.heads(), config.keyValueHeads());
    Tensor q = split.getFirst();
    Tensor k = split.getLast();
    if (config.architecture().has(Trait.WIDTH_NORM)) {
      return Tensor.cat(List.of(widthNorm(config, q, queryNorm), widthNorm(config, k, keyNorm)), 2);
    }
    return Tensor.cat(List.of(norm(config, q, queryNorm), norm(config, k, keyNorm)), 2);
  }

  private static Tensor widthNorm(ModelConfig config, Tensor x_BTNS, Tensor weight) {
    long rows = x_BTNS.size(0);
    long length = x_BTNS.size(1);
    return norm(config, x_BTNS.reshape(rows, length, weight.size(0)), weight)
        .view(rows, length, x_BTNS.size(2), x_BTNS.size(3));
  }

  private static Tensor rotate(Tensor x_BTNS, Place place) {
    long half = place.cos().size(3);
    long rest = x_BTNS.size(3) - 2 * half;
    List<Tensor> parts =
        rest == 0 ? x_BTNS.split(3, half, half) : x_BTNS.split(3, half, half, rest);
    Tensor a = parts.getFirst();
    Tensor b = parts.get(1);
    Tensor first = a.times(place.cos()).plusProduct(b, place.sin(), -1);
    Tensor second = b.times(place.cos()).plusProduct(a, place.sin(), 1);
    return Tensor.cat(
        rest == 0 ? List.of(first, second) : List.of(first, second, parts.getLast()), 3);
  }

  private Tensor feedForward(ModelConfig config, Tensor x_BTD) {
    int f = config.intermediateSize();
    List<Tensor> both = gateUp.of(x_BTD).split(2, f, f);
    Tensor gate = both.getFirst();
    Tensor open = config.architecture().has(Trait.GELU) ? gate.geluTanh() : gate.silu();
    return down.of(open.times(both.getLast()));
  }
}
