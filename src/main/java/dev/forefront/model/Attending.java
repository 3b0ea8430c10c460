package dev.forefront.model;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What attention does beside {@code softmax(q k / sqrt(head size))}.
 *
 * @param queryScalar scores are divided by its square root; nearly everywhere the head size
 * @param scoreCap a score becomes {@code scoreCap * tanh(score / scoreCap)} (Gemma 2); 0 for none
 * @param window tokens that a windowed layer sees, the current one included; 0 where none has one
 * @param windowed for each layer, whether it has the window
 * @param windowedRope positions of the windowed layers, where they differ (Gemma 3)
 */
public record Attending(
    double queryScalar,
    double scoreCap,
    int window,
    List<Boolean> windowed,
    @Nullable Rope windowedRope) {

  public Attending {
    windowed = List.copyOf(windowed);
    if (!(queryScalar > 0) || Double.isInfinite(queryScalar)) {
      throw new IllegalArgumentException(
          "query_pre_attn_scalar must be above 0, not " + queryScalar);
    }
    if (!(scoreCap >= 0) || Double.isInfinite(scoreCap)) {
      throw new IllegalArgumentException("attn_logit_softcapping must be above 0, not " + scoreCap);
    }
    if (window < 0 || window == 0 && windowed.contains(true)) {
      throw new IllegalArgumentException("sliding_window must be at least 1, not " + window);
    }
  }

  /** As in Llama. */
  static Attending plain(int headSize, int layers) {
    return new Attending(headSize, 0, 0, Collections.nCopies(layers, false), null);
  }

  /** Tokens that a layer sees, the current one included, or 0 for all. */
  public int window(int layer) {
    return windowed.get(layer) ? window : 0;
  }

  boolean isWindowed() {
    return windowed.contains(true);
  }
}
