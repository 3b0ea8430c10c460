package dev.forefront.generate;

import dev.forefront.model.ModelConfig;

/** Keys and values as the nearest sixteen-bit floats; one that is too large becomes the largest. */
final class HalfPage extends CachePage {
  private static final float LARGEST = 65_504;

  private final short[][] keys;
  private final short[][] values;

  HalfPage(ModelConfig config) {
    super(config);
    keys = new short[config.layers()][size(config)];
    values = new short[config.layers()][size(config)];
  }

  @Override
  void store(int layer, int position, float[] key, int keyAt, float[] value, int valueAt) {
    short[] to = keys[layer];
    for (int i = 0; i < heads * headSize; i++) {
      to[i * POSITIONS + position] = half(key[keyAt + i]);
    }
    for (int head = 0; head < heads; head++) {
      int at = at(head) + position * headSize;
      for (int i = 0; i < headSize; i++) {
        values[layer][at + i] = half(value[valueAt + head * headSize + i]);
      }
    }
  }

  private static short half(float number) {
    // An infinite key would make a score that is no number; NaN stays what it is.
    return Float.floatToFloat16(Math.max(-LARGEST, Math.min(LARGEST, number)));
  }

  @Override
  float[] keys(int layer, int head, float[] opened) {
    Plain.widen(keys[layer], at(head), opened, 0, POSITIONS * headSize);
    return opened;
  }

  @Override
  float[] values(int layer, int head, int from, int to, float[] opened) {
    int first = from * headSize;
    Plain.widen(values[layer], at(head) + first, opened, first, (to - from) * headSize);
    return opened;
  }

  @Override
  void copy(CachePage from, int positions) {
    HalfPage other = (HalfPage) from;
    for (int layer = 0; layer < keys.length; layer++) {
      copy(other.keys[layer], other.values[layer], keys[layer], values[layer], positions);
    }
  }
}
