package dev.forefront.generate;

import dev.forefront.model.ModelConfig;

/**
 * Keys and values of {@link #POSITIONS} positions in all layers. Keys lie {@code [key-value
 * head][entry][position]}, so that the scores of neighbouring positions fill a vector; values
 * {@code [key-value head][position][entry]}. A page that is full never changes again.
 */
abstract sealed class CachePage permits FloatPage, HalfPage, BytePage {
  /** Whole vectors of any processor. */
  static final int POSITIONS = 64;

  final int heads;
  final int headSize;
  private final long bytes;

  CachePage(ModelConfig config) {
    heads = config.keyValueHeads();
    headSize = config.headSize();
    bytes = bytes(config);
  }

  static CachePage of(ModelConfig config) {
    return switch (config.cache()) {
      case F32 -> new FloatPage(config);
      case F16 -> new HalfPage(config);
      case INT8 -> new BytePage(config);
    };
  }

  /** Bytes of one page. */
  static long bytes(ModelConfig config) {
    long numbers = 2L * config.layers() * config.keyValueHeads() * config.headSize() * POSITIONS;
    return switch (config.cache()) {
      case F32 -> numbers * Float.BYTES;
      case F16 -> numbers * Short.BYTES;
      case INT8 -> numbers + numbers / config.headSize() * Float.BYTES;
    };
  }

  /**
   * Numbers of all heads in one layer, keys or values.
   *
   * @throws ArithmeticException where they are too many for an array
   */
  static int size(ModelConfig config) {
    return Math.multiplyExact(config.keyValueHeads() * config.headSize(), POSITIONS);
  }

  final long bytes() {
    return bytes;
  }

  /** Where a head's numbers begin. */
  final int at(int head) {
    return head * headSize * POSITIONS;
  }

  /** Takes one position's keys and values, {@code [K][S]} each. */
  abstract void store(int layer, int position, float[] key, int keyAt, float[] value, int valueAt);

  /**
   * A head's keys.
   *
   * @param opened room for those of one head, which gets them where they are no float32 numbers
   * @return {@code opened}, or what has them already from {@link #at}
   */
  abstract float[] keys(int layer, int head, float[] opened);

  /** Likewise its values; only those of some positions are asked for. */
  abstract float[] values(int layer, int head, int from, int to, float[] opened);

  /** Takes over the first positions of another page of this kind. */
  abstract void copy(CachePage from, int positions);

  /** Copies the first positions of one layer's keys and values, arrays of one type. */
  final void copy(Object keys, Object values, Object toKeys, Object toValues, int positions) {
    int size = at(heads);
    for (int row = 0; row < size; row += POSITIONS) {
      System.arraycopy(keys, row, toKeys, row, positions);
    }
    for (int head = 0; head < size; head += POSITIONS * headSize) {
      System.arraycopy(values, head, toValues, head, positions * headSize);
    }
  }
}
