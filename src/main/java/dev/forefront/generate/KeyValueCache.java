package dev.forefront.generate;

import dev.forefront.model.ModelConfig;

/**
 * Keys and values of one sequence. Keys lie {@code [key-value head][entry][position]}, so that the
 * scores of neighbouring positions fill a vector; values {@code [key-value head][position][entry]}.
 */
final class KeyValueCache {
  private final int capacity;
  private final float[][] keys;
  private final float[][] values;
  private int length;

  /**
   * @param positions that the sequence will have at most
   */
  KeyValueCache(ModelConfig config, int positions) {
    capacity = Vectors.padded(positions);
    int size = Math.multiplyExact(config.keyValueHeads() * config.headSize(), capacity);
    keys = new float[config.layers()][size];
    values = new float[config.layers()][size];
  }

  int capacity() {
    return capacity;
  }

  /** Positions that are filled. */
  int length() {
    return length;
  }

  void advance(int positions) {
    length += positions;
  }

  /**
   * Takes over the first positions of another sequence with the same tokens there.
   *
   * @param headSize entries of a head's keys and values
   */
  void copy(KeyValueCache from, int headSize, int positions) {
    for (int layer = 0; layer < keys.length; layer++) {
      int rows = keys[layer].length / capacity;
      for (int row = 0; row < rows; row++) {
        System.arraycopy(
            from.keys[layer], row * from.capacity, keys[layer], row * capacity, positions);
      }
      for (int head = 0; head < rows / headSize; head++) {
        System.arraycopy(
            from.values[layer],
            head * from.capacity * headSize,
            values[layer],
            head * capacity * headSize,
            positions * headSize);
      }
    }
    length = positions;
  }

  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }
}
