package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Rope;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Rotary positions and grouped-query attention of one row over its sequence's cache. */
final class Attention {
  private static final VectorSpecies<Float> SPECIES = Panels.SPECIES;
  private static final int LANES = Vectors.LANES;

  private final ModelConfig config;
  private final Turning plain;
  private final Turning windowed;
  private Turning current;
  private final float[] scores;

  /** Angles of one position. */
  private static final class Turning {
    private final float[] frequencies;
    private final float factor;
    private final float[] cos;
    private final float[] sin;

    Turning(Rope rope, int headSize) {
      frequencies = rope.frequencies(headSize);
      factor = rope.attentionFactor();
      cos = new float[frequencies.length];
      sin = new float[frequencies.length];
    }

    void place(int position) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = position * frequencies[i];
        cos[i] = (float) Math.cos(angle) * factor;
        sin[i] = (float) Math.sin(angle) * factor;
      }
    }
  }

  Attention(ModelConfig config) {
    this.config = config;
    plain = new Turning(config.rope(), config.headSize());
    Rope own = config.attending().windowedRope();
    windowed = own == null ? plain : new Turning(own, config.headSize());
    current = plain;
    scores = new float[Vectors.padded(config.contextLength())];
  }

  /** Computes this position's angles in a layer; the following calls use them. */
  void place(int layer, int position) {
    current = config.attending().windowed().get(layer) ? windowed : plain;
    current.place(position);
  }

  /** Turns one head in place. */
  void rotate(float[] x, int at) {
    float[] cos = current.cos;
    float[] sin = current.sin;
    int half = cos.length;
    for (int i = 0; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      x[at + i] = a * cos[i] - b * sin[i];
      x[at + half + i] = b * cos[i] + a * sin[i];
    }
  }

  /** Puts one position's keys and values, {@code [K][S]} each, into the cache. */
  void store(
      KeyValueCache cache,
      int layer,
      int position,
      float[] key,
      int keyAt,
      float[] value,
      int valueAt) {
    int size = config.headSize();
    int capacity = cache.capacity();
    float[] keys = cache.keys(layer);
    float[] values = cache.values(layer);
    for (int head = 0; head < config.keyValueHeads(); head++) {
      int base = head * size * capacity;
      for (int i = 0; i < size; i++) {
        keys[base + i * capacity + position] = key[keyAt + head * size + i];
      }
      System.arraycopy(value, valueAt + head * size, values, base + position * size, size);
    }
  }

  /**
   * All heads of one row.
   *
   * @param query {@code [H][S]} from {@code queryAt}
   * @param out gets {@code [H][S]} from {@code outAt}
   * @param position of the row; it sees its own and those before it, as far as the layer's window
   */
  void attend(
      KeyValueCache cache,
      int layer,
      int position,
      float[] query,
      int queryAt,
      float[] out,
      int outAt) {
    int size = config.headSize();
    int group = config.heads() / config.keyValueHeads();
    float scale = (float) (1 / Math.sqrt(config.attending().queryScalar()));
    int window = config.attending().window(layer);
    int start = window == 0 ? 0 : Math.max(0, position + 1 - window);
    for (int head = 0; head < config.heads(); head++) {
      int base = head / group * size * cache.capacity();
      score(cache, layer, base, start, position + 1, query, queryAt + head * size, scale);
      cap(start, position + 1);
      float sum = softmax(start, position + 1);
      weigh(cache.values(layer), base, start, position + 1, 1 / sum, out, outAt + head * size);
    }
  }

  private void score(
      KeyValueCache cache,
      int layer,
      int base,
      int start,
      int length,
      float[] query,
      int at,
      float scale) {
    float[] keys = cache.keys(layer);
    int capacity = cache.capacity();
    int size = config.headSize();
    for (int from = start / LANES * LANES; from < length; from += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = 0; i < size; i++) {
        FloatVector key = FloatVector.fromArray(SPECIES, keys, base + i * capacity + from);
        sum = key.fma(FloatVector.broadcast(SPECIES, query[at + i]), sum);
      }
      sum.mul(scale).intoArray(scores, from);
    }
  }

  private void cap(int start, int length) {
    float cap = (float) config.attending().scoreCap();
    if (cap > 0) {
      for (int i = start; i < length; i++) {
        scores[i] = cap * (float) Math.tanh(scores[i] / cap);
      }
    }
  }

  /** Exponentials in place; returns their sum. */
  private float softmax(int start, int length) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = start; i < length; i++) {
      most = Math.max(most, scores[i]);
    }
    for (int from = start / LANES * LANES; from < length; from += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, scores, from).sub(most);
      Vectors.exp(x).intoArray(scores, from);
    }
    float sum = 0;
    for (int i = start; i < length; i++) {
      sum += scores[i];
    }
    return sum;
  }

  private void weigh(
      float[] values, int base, int start, int length, float scale, float[] out, int at) {
    int size = config.headSize();
    int i = 0;
    for (; i + LANES <= size; i += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int position = start; position < length; position++) {
        FloatVector value = FloatVector.fromArray(SPECIES, values, base + position * size + i);
        sum = value.fma(FloatVector.broadcast(SPECIES, scores[position]), sum);
      }
      sum.mul(scale).intoArray(out, at + i);
    }
    for (; i < size; i++) {
      float sum = 0;
      for (int position = start; position < length; position++) {
        sum = Math.fma(values[base + position * size + i], scores[position], sum);
      }
      out[at + i] = sum * scale;
    }
  }
}
