package dev.forefront.generate;

import dev.forefront.model.ModelConfig;

/** Keys and values as they were computed. */
final class FloatPage extends CachePage {
  private final float[][] keys;
  private final float[][] values;

  FloatPage(ModelConfig config) {
    super(config);
    keys = new float[config.layers()][size(config)];
    values = new float[config.layers()][size(config)];
  }

  @Override
  void store(int layer, int position, float[] key, int keyAt, float[] value, int valueAt) {
    float[] to = keys[layer];
    for (int i = 0; i < heads * headSize; i++) {
      to[i * POSITIONS + position] = key[keyAt + i];
    }
    for (int head = 0; head < heads; head++) {
      System.arraycopy(
          value,
          valueAt + head * headSize,
          values[layer],
          at(head) + position * headSize,
          headSize);
    }
  }

  @Override
  float[] keys(int layer, int head, float[] opened) {
    return keys[layer];
  }

  @Override
  float[] values(int layer, int head, int from, int to, float[] opened) {
    return values[layer];
  }

  @Override
  void copy(CachePage from, int positions) {
    FloatPage other = (FloatPage) from;
    for (int layer = 0; layer < keys.length; layer++) {
      copy(other.keys[layer], other.values[layer], keys[layer], values[layer], positions);
    }
  }
}
