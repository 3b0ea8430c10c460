package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Trait;
import org.jspecify.annotations.Nullable;

/**
 * One pass of up to {@link #MOST_ROWS} tokens through the model, whichever sequences they belong
 * to. Owns its working memory: one per thread. What a row gets does not depend on the rows beside
 * it.
 */
final class Forward {
  static final int MOST_ROWS = 64;

  private final Weights weights;
  private final ModelConfig config;
  private final Attention attention;
  private final boolean gelu;

  // Rows of the stride that whole panels need.
  private final int wide;
  private final float[] residual;
  private final float[] normed;
  private final float[] query;
  private final float[] key;
  private final float[] value;
  private final float[] mixed;
  private final float[] gate;
  private final float[] up;
  private final int inner;
  private final int queries;
  private final int keys;

  private final int[] ids = new int[MOST_ROWS];
  private final int[] positions = new int[MOST_ROWS];
  private final KeyValueCache[] caches = new KeyValueCache[MOST_ROWS];
  private final Onlookers onlookers;
  private int rows;

  Forward(Weights weights) {
    this.weights = weights;
    config = weights.config();
    attention = new Attention(config);
    gelu = config.architecture().has(Trait.GELU);
    wide = Panels.padded(config.hiddenSize());
    inner = Panels.padded(config.intermediateSize());
    queries = Panels.padded(config.heads() * config.headSize());
    keys = Panels.padded(config.keyValueHeads() * config.headSize());
    residual = new float[MOST_ROWS * wide];
    normed = new float[MOST_ROWS * wide];
    query = new float[MOST_ROWS * queries];
    key = new float[MOST_ROWS * keys];
    value = new float[MOST_ROWS * keys];
    mixed = new float[MOST_ROWS * queries];
    gate = new float[MOST_ROWS * inner];
    up = new float[MOST_ROWS * inner];
    onlookers = new Onlookers(MOST_ROWS, config.hiddenSize(), wide);
  }

  int rows() {
    return rows;
  }

  void clear() {
    rows = 0;
    onlookers.clear();
  }

  /**
   * Adds the next token of a sequence; rows of one sequence come in order.
   *
   * @return its row
   */
  int add(KeyValueCache cache, int id) {
    return add(cache, id, null, null);
  }

  /** Likewise, its residual stream being looked at. */
  int add(KeyValueCache cache, int id, @Nullable Watch watch, @Nullable Shown shown) {
    onlookers.add(rows, cache.length(), watch, shown);
    ids[rows] = id;
    positions[rows] = cache.length();
    caches[rows] = cache;
    cache.advance(1);
    return rows++;
  }

  /** Runs all rows through all layers. */
  void run() {
    int width = config.hiddenSize();
    for (int row = 0; row < rows; row++) {
      System.arraycopy(weights.embedding(), ids[row] * width, residual, row * wide, width);
      scale(residual, row * wide, width, config.embeddingScale());
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      attend(layer, weights.layer(layer));
      feedForward(weights.layer(layer));
      onlookers.look(layer, residual, rows);
    }
  }

  /** What the probe of a row read after {@link #run}, one logit for each head; a new array. */
  float[] readings(int row) {
    return onlookers.readings(row);
  }

  /**
   * Logits of one row after {@link #run}.
   *
   * @param out at least {@code Panels.padded(vocabulary)} numbers
   */
  void logits(int row, float[] out) {
    norm(residual, row * wide, weights.norm(), normed, row * wide, config.hiddenSize());
    weights.head().multiply(normed, row * wide, wide, 1, out, out.length);
    float cap = (float) config.logitCap();
    if (cap > 0) {
      for (int i = 0; i < config.vocabularySize(); i++) {
        out[i] = cap * (float) Math.tanh(out[i] / cap);
      }
    }
  }

  private void attend(int layer, Weights.Layer w) {
    normAll(w.attentionNorm());
    w.query().multiply(normed, wide, rows, query, queries);
    w.key().multiply(normed, wide, rows, key, keys);
    w.value().multiply(normed, wide, rows, value, keys);
    for (int row = 0; row < rows; row++) {
      prepare(row, layer, w);
      attention.store(caches[row], layer, positions[row], key, row * keys, value, row * keys);
    }
    for (int row = 0; row < rows; row++) {
      attention.attend(
          caches[row], layer, positions[row], query, row * queries, mixed, row * queries);
    }
    w.out().multiply(mixed, queries, rows, normed, wide);
    addToResidual(w.afterAttention());
  }

  /** Bias, head norms and rotation of one row's queries and keys. */
  private void prepare(int row, int layer, Weights.Layer w) {
    int size = config.headSize();
    int q = row * queries;
    int k = row * keys;
    float[] bias = w.bias();
    if (bias != null) {
      int queryWidth = config.heads() * size;
      int keyWidth = config.keyValueHeads() * size;
      add(bias, 0, query, q, queryWidth);
      add(bias, queryWidth, key, k, keyWidth);
      add(bias, queryWidth + keyWidth, value, k, keyWidth);
    }
    attention.place(layer, positions[row]);
    float[] queryNorm = w.queryNorm();
    float[] keyNorm = w.keyNorm();
    if (config.architecture().has(Trait.WIDTH_NORM) && queryNorm != null && keyNorm != null) {
      norm(query, q, queryNorm, query, q, config.heads() * size);
      norm(key, k, keyNorm, key, k, config.keyValueHeads() * size);
      queryNorm = null;
      keyNorm = null;
    }
    for (int head = 0; head < config.heads(); head++) {
      if (queryNorm != null) {
        norm(query, q + head * size, queryNorm, query, q + head * size, size);
      }
      attention.rotate(query, q + head * size);
    }
    for (int head = 0; head < config.keyValueHeads(); head++) {
      if (keyNorm != null) {
        norm(key, k + head * size, keyNorm, key, k + head * size, size);
      }
      attention.rotate(key, k + head * size);
    }
  }

  private void feedForward(Weights.Layer w) {
    normAll(w.feedForwardNorm());
    w.gate().multiply(normed, wide, rows, gate, inner);
    w.up().multiply(normed, wide, rows, up, inner);
    for (int row = 0; row < rows; row++) {
      if (gelu) {
        Vectors.geglu(gate, row * inner, up, row * inner, inner);
      } else {
        Vectors.swiglu(gate, row * inner, up, row * inner, inner);
      }
    }
    w.down().multiply(gate, inner, rows, normed, wide);
    addToResidual(w.afterFeedForward());
  }

  private void normAll(float @Nullable [] weight) {
    if (weight == null) {
      System.arraycopy(residual, 0, normed, 0, rows * wide);
      return;
    }
    for (int row = 0; row < rows; row++) {
      norm(residual, row * wide, weight, normed, row * wide, config.hiddenSize());
    }
  }

  private void addToResidual(float @Nullable [] weight) {
    for (int row = 0; row < rows; row++) {
      if (weight != null) {
        norm(normed, row * wide, weight, normed, row * wide, config.hiddenSize());
      }
      add(normed, row * wide, residual, row * wide, config.hiddenSize());
    }
  }

  private void norm(float[] x, int at, float[] weight, float[] out, int outAt, int length) {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += x[at + i] * x[at + i];
    }
    float scale = (float) (1 / Math.sqrt(squares / length + config.normEpsilon()));
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[at + i] * scale * weight[i];
    }
  }

  private static void scale(float[] x, int at, int length, float factor) {
    if (factor != 1) {
      for (int i = 0; i < length; i++) {
        x[at + i] *= factor;
      }
    }
  }

  private static void add(float[] from, int at, float[] to, int toAt, int length) {
    for (int i = 0; i < length; i++) {
      to[toAt + i] += from[at + i];
    }
  }
}
