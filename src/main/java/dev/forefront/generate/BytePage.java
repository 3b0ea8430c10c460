package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Keys and values as whole numbers from -127 to 127, times a scale for each head and position: the
 * largest number of each is kept to half a step of itself.
 */
final class BytePage extends CachePage {
  private static final int MOST = 127;
  private static final int LANES = Panels.LANES;

  private final byte[][] keys;
  private final byte[][] values;
  // [key-value head][position]
  private final float[][] keyScales;
  private final float[][] valueScales;

  BytePage(ModelConfig config) {
    super(config);
    // A vector of the last bytes reads a little beyond them.
    int size = Math.addExact(size(config), Panels.BYTES_AT_ONCE);
    keys = new byte[config.layers()][size];
    values = new byte[config.layers()][size];
    keyScales = new float[config.layers()][heads * POSITIONS];
    valueScales = new float[config.layers()][heads * POSITIONS];
  }

  @Override
  void store(int layer, int position, float[] key, int keyAt, float[] value, int valueAt) {
    for (int head = 0; head < heads; head++) {
      int from = head * headSize;
      int scaleAt = head * POSITIONS + position;
      keyScales[layer][scaleAt] =
          store(key, keyAt + from, keys[layer], at(head) + position, POSITIONS);
      valueScales[layer][scaleAt] =
          store(value, valueAt + from, values[layer], at(head) + position * headSize, 1);
    }
  }

  /** Writes one head's codes, {@code step} apart, and returns their scale. */
  private float store(float[] from, int at, byte[] to, int toAt, int step) {
    float largest = 0;
    for (int i = 0; i < headSize; i++) {
      largest = Math.max(largest, Math.abs(from[at + i]));
    }
    float scale = largest / MOST;
    // What is no number stays none, through its scale.
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int i = 0; i < headSize; i++) {
      int code = (int) Math.rint(from[at + i] * inverse);
      to[toAt + i * step] = (byte) Math.max(-MOST, Math.min(MOST, code));
    }
    return scale;
  }

  @Override
  float[] keys(int layer, int head, float[] opened) {
    byte[] codes = keys[layer];
    float[] scales = keyScales[layer];
    int scaleAt = head * POSITIONS;
    int at = at(head);
    for (int i = 0; i < POSITIONS; i += LANES) {
      FloatVector scale = FloatVector.fromArray(Species.FLOATS, scales, scaleAt + i);
      for (int row = i; row < headSize * POSITIONS; row += POSITIONS) {
        floats(codes, at + row).mul(scale).intoArray(opened, row);
      }
    }
    return opened;
  }

  @Override
  float[] values(int layer, int head, int from, int to, float[] opened) {
    byte[] codes = values[layer];
    for (int position = from; position < to; position++) {
      float scale = valueScales[layer][head * POSITIONS + position];
      int row = position * headSize;
      int at = at(head) + row;
      int i = 0;
      for (; i + LANES <= headSize; i += LANES) {
        floats(codes, at + i).mul(scale).intoArray(opened, row + i);
      }
      for (; i < headSize; i++) {
        opened[row + i] = codes[at + i] * scale;
      }
    }
    return opened;
  }

  @Override
  void copy(CachePage from, int positions) {
    BytePage other = (BytePage) from;
    for (int layer = 0; layer < keys.length; layer++) {
      copy(other.keys[layer], other.values[layer], keys[layer], values[layer], positions);
      for (int head = 0; head < heads; head++) {
        int at = head * POSITIONS;
        System.arraycopy(other.keyScales[layer], at, keyScales[layer], at, positions);
        System.arraycopy(other.valueScales[layer], at, valueScales[layer], at, positions);
      }
    }
  }

  /** A vector of bytes from {@code at}, behind which {@code BYTES_AT_ONCE} must stand. */
  private static FloatVector floats(byte[] codes, int at) {
    return (FloatVector)
        ByteVector.fromArray(Species.BYTES, codes, at)
            .convertShape(VectorOperators.B2F, Species.FLOATS, 0);
  }
}
