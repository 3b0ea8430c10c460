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

  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }
}
