package dev.forefront.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Blocks of encoded numbers as float32; the layouts are those of ggml-quants.c
 * (https://github.com/ggml-org/ggml), little-endian.
 */
final class Blocks {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
        int size = encoding.blockSize();
        for (int block = 0; block < count / size; block++) {
          long from = (long) block * encoding.blockBytes();
          block(encoding, data, from, out, at + block * size);
        }
      }
    }
  }

  private static void block(Encoding encoding, MemorySegment data, long from, float[] out, int at) {
    switch (encoding) {
      case Q8_0 -> {
        float scale = half(data, from);
        for (int i = 0; i < 32; i++) {
          out[at + i] = data.get(ValueLayout.JAVA_BYTE, from + 2 + i) * scale;
        }
      }
      case Q4_0 -> nibbles(data, from + 2, half(data, from), -8, 0, 0, out, at);
      case Q4_1 -> nibbles(data, from + 4, half(data, from), 0, half(data, from + 2), 0, out, at);
      case Q5_0 ->
          nibbles(data, from + 6, half(data, from), -16, 0, fifths(data, from + 2), out, at);
      case Q5_1 ->
          nibbles(
              data,
              from + 8,
              half(data, from),
              0,
              half(data, from + 2),
              fifths(data, from + 4),
              out,
              at);
      case Q4_K -> grouped(data, from, false, out, at);
      case Q5_K -> grouped(data, from, true, out, at);
      case Q6_K -> sixBits(data, from, out, at);
      case F32, F16, BF16 -> throw new IllegalArgumentException(encoding + " has no blocks");
    }
  }

  /** Sixteen bytes hold numbers 0 to 15 in their low halves and 16 to 31 in their high ones. */
  private static void nibbles(
      MemorySegment data,
      long from,
      float scale,
      int shift,
      float least,
      int fifth,
      float[] out,
      int at) {
    for (int i = 0; i < 16; i++) {
      int both = unsigned(data, from + i);
      int low = ((both & 15) | ((fifth >>> i << 4) & 16)) + shift;
      int high = ((both >> 4) | ((fifth >>> (i + 16) << 4) & 16)) + shift;
      out[at + i] = low * scale + least;
      out[at + 16 + i] = high * scale + least;
    }
  }

  /** Q4_K and Q5_K. */
  private static void grouped(MemorySegment data, long from, boolean five, float[] out, int at) {
    float scale = half(data, from);
    float least = half(data, from + 2);
    long packed = from + 4;
    long fifths = from + 16;
    long fours = five ? from + 48 : from + 16;
    for (int group = 0; group < 8; group++) {
      float groupScale = scale * sixBitScale(data, packed, group);
      float groupLeast = least * sixBitLeast(data, packed, group);
      long bytes = fours + group / 2 * 32L;
      for (int i = 0; i < 32; i++) {
        int both = unsigned(data, bytes + i);
        int number = group % 2 == 0 ? both & 15 : both >> 4;
        if (five) {
          number |= (unsigned(data, fifths + i) >> group << 4) & 16;
        }
        out[at + group * 32 + i] = groupScale * number - groupLeast;
      }
    }
  }

  static int sixBitScale(MemorySegment data, long packed, int group) {
    return group < 4
        ? unsigned(data, packed + group) & 63
        : (unsigned(data, packed + group + 4) & 15)
            | (unsigned(data, packed + group - 4) >> 6 << 4);
  }

  static int sixBitLeast(MemorySegment data, long packed, int group) {
    return group < 4
        ? unsigned(data, packed + group + 4) & 63
        : (unsigned(data, packed + group + 4) >> 4) | (unsigned(data, packed + group) >> 6 << 4);
  }

  private static void sixBits(MemorySegment data, long from, float[] out, int at) {
    float scale = half(data, from + 208);
    for (int i = 0; i < 256; i++) {
      out[at + i] = scale * sixBitGroup(data, from, i / 16) * sixBitCode(data, from, i);
    }
  }

  /** Number {@code i} of a block of Q6_K before its scale. */
  static int sixBitCode(MemorySegment data, long from, int i) {
    int part = i / 128;
    int quarter = i % 128 / 32;
    int within = i % 32;
    int four = unsigned(data, from + part * 64L + quarter % 2 * 32L + within) >> (quarter / 2 * 4);
    int two = unsigned(data, from + 128 + part * 32L + within) >> (2 * quarter);
    return ((four & 15) | ((two & 3) << 4)) - 32;
  }

  /** The scale of a group of sixteen in a block of Q6_K, without the block's. */
  static int sixBitGroup(MemorySegment data, long from, int group) {
    return data.get(ValueLayout.JAVA_BYTE, from + 192 + group);
  }

  /** The fifth bits of a block's 32 numbers. */
  static int fifths(MemorySegment data, long at) {
    return data.get(INT, at);
  }

  static float half(MemorySegment data, long at) {
    return Float.float16ToFloat(data.get(SHORT, at));
  }

  static int unsigned(MemorySegment data, long at) {
    return data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }
}
