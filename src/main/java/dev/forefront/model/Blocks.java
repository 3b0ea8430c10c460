package dev.forefront.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Encoded numbers as float32. */
final class Blocks {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Numbers that are unpacked at once; whole blocks of any encoding. */
  private static final int AT_ONCE = 1 << 14;

  private Blocks() {}

  /** Widens {@code count} numbers, whole blocks, from the beginning of {@code data}. */
  static void widen(Encoding encoding, MemorySegment data, float[] out, int at, int count) {
    switch (encoding) {
      case F32 -> MemorySegment.copy(data, FLOAT, 0, out, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = half(data, 2L * i);
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Float.intBitsToFloat(data.get(SHORT, 2L * i) << 16);
        }
      }
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> {
        Codes codes = new Codes(encoding, Math.min(count, AT_ONCE));
        byte[] blocks = new byte[(int) encoding.bytes(codes.codes().length)];
        for (int from = 0; from < count; from += AT_ONCE) {
          int size = Math.min(AT_ONCE, count - from);
          if (size < codes.codes().length) {
            codes = new Codes(encoding, size);
          }
          long begin = encoding.bytes(from);
          int some = (int) encoding.bytes(size);
          MemorySegment.copy(data, ValueLayout.JAVA_BYTE, begin, blocks, 0, some);
          codes.unpack(blocks, 0);
          widen(encoding, codes, out, at + from);
        }
      }
    }
  }

  private static void widen(Encoding encoding, Codes unpacked, float[] out, int at) {
    byte[] codes = unpacked.codes();
    int block = Codes.block(encoding);
    for (int from = 0; from < codes.length; from += block) {
      float scale = unpacked.scales()[from / block];
      float least = unpacked.leasts()[from / block];
      switch (encoding) {
        // A zero keeps its sign where the format adds nothing.
        case Q8_0, Q6_K -> {
          for (int i = from; i < from + block; i++) {
            out[at + i] = codes[i] * scale;
          }
        }
        // The same as with the least, but where the scale is infinite.
        case Q4_0 -> {
          for (int i = from; i < from + block; i++) {
            out[at + i] = (codes[i] - 8) * scale + 0f;
          }
        }
        default -> {
          for (int i = from; i < from + block; i++) {
            out[at + i] = codes[i] * scale + least;
          }
        }
      }
    }
  }

  static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(SHORT, at));
  }
}
