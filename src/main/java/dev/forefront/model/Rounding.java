package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.nio.ByteBuffer;

/** Float32 numbers written in fewer bits, as ggml's reference code rounds them. */
final class Rounding {

  private Rounding() {}

  /**
   * Appends numbers that fill whole blocks.
   *
   * @param name of the tensor, for the message
   * @throws BadInputException where a number does not fit, or the encoding is only ever read
   */
  static void write(
      Encoding encoding, float[] values, int from, int count, ByteBuffer out, String name) {
    switch (encoding) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          out.putFloat(values[from + i]);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(half(values[from + i], name));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(brain(values[from + i]));
        }
      }
      case Q8_0 -> {
        for (int at = from; at < from + count; at += 32) {
          eight(values, at, out, name);
        }
      }
      case Q4_0 -> {
        for (int at = from; at < from + count; at += 32) {
          four(values, at, out, name);
        }
      }
      case Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
          throw new BadInputException(
              "%s is read, but not written; written are F32, F16, BF16, Q8_0 and Q4_0"
                  .formatted(encoding));
    }
  }

  private static void eight(float[] values, int from, ByteBuffer out, String name) {
    float most = 0;
    for (int i = 0; i < 32; i++) {
      most = Math.max(most, Math.abs(values[from + i]));
    }
    float scale = most / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(half(scale, name));
    for (int i = 0; i < 32; i++) {
      float scaled = values[from + i] * inverse;
      // Halves go away from zero, as C's roundf has it.
      out.put((byte) (Math.signum(scaled) * (int) (Math.abs(scaled) + 0.5f)));
    }
  }

  /** The number farthest from zero gets -8, the end of the range that has one step more. */
  private static void four(float[] values, int from, ByteBuffer out, String name) {
    float farthest = 0;
    for (int i = 0; i < 32; i++) {
      if (Math.abs(values[from + i]) > Math.abs(farthest)) {
        farthest = values[from + i];
      }
    }
    float scale = farthest / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(half(scale, name));
    for (int i = 0; i < 16; i++) {
      int low = nibble(values[from + i] * inverse);
      int high = nibble(values[from + 16 + i] * inverse);
      out.put((byte) (low | (high << 4)));
    }
  }

  private static int nibble(float scaled) {
    return Math.clamp((int) (scaled + 8.5f), 0, 15);
  }

  private static short half(float value, String name) {
    short half = Float.floatToFloat16(value);
    if (!Float.isFinite(Float.float16ToFloat(half))) {
      throw new BadInputException(
          "tensor %s holds %s, which 16 bits cannot: write it as F32 or BF16"
              .formatted(name, value));
    }
    return half;
  }

  /** Nearest, ties to even. */
  private static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 64);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
