package dev.forefront.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One row of a quantised weight, unpacked and not yet widened: number {@code i} is {@code codes[i]
 * * scales[i / block] + leasts[i / block]}. Codes of four bits are told from 0 to 15, all others
 * with their sign. To be read again and again.
 */
public final class Codes {
  private final Encoding encoding;
  private final byte[] codes;
  private final float[] scales;
  private final float[] leasts;

  /**
   * @param count numbers in a row, whole blocks
   */
  public Codes(Encoding encoding, int count) {
    this.encoding = encoding;
    codes = new byte[count];
    scales = new float[count / block(encoding)];
    leasts = new float[scales.length];
  }

  /**
   * Numbers that share a scale.
   *
   * @throws IllegalArgumentException for an encoding that is not unpacked in this way
   */
  public static int block(Encoding encoding) {
    return switch (encoding) {
      case Q4_0, Q4_1, Q5_0, Q8_0, Q4_K -> 32;
      case Q6_K -> 16;
      case F32, F16, BF16, Q5_1, Q5_K ->
          throw new IllegalArgumentException(encoding + " is widened instead");
    };
  }

  /** Of the row that was read last. */
  public byte[] codes() {
    return codes;
  }

  public float[] scales() {
    return scales;
  }

  public float[] leasts() {
    return leasts;
  }

  /**
   * @param row as {@link Weight#row} gives it
   */
  public void read(MemorySegment row) {
    int size = encoding.blockSize();
    for (int from = 0; from < codes.length; from += size) {
      long at = (long) from / size * encoding.blockBytes();
      switch (encoding) {
        case Q8_0 -> {
          scales[from / 32] = Blocks.half(row, at);
          MemorySegment.copy(row, ValueLayout.JAVA_BYTE, at + 2, codes, from, 32);
        }
        case Q4_0 -> {
          float scale = Blocks.half(row, at);
          nibbles(row, at + 2, from, scale, -8 * scale);
        }
        case Q4_1 -> nibbles(row, at + 4, from, Blocks.half(row, at), Blocks.half(row, at + 2));
        case Q5_0 -> fiveBits(row, at, from);
        case Q4_K -> groups(row, at, from);
        case Q6_K -> sixBits(row, at, from);
        case F32, F16, BF16, Q5_1, Q5_K -> throw new IllegalStateException(encoding.name());
      }
    }
  }

  private void nibbles(MemorySegment row, long at, int from, float scale, float least) {
    scales[from / 32] = scale;
    leasts[from / 32] = least;
    for (int i = 0; i < 16; i++) {
      int both = Blocks.unsigned(row, at + i);
      codes[from + i] = (byte) (both & 15);
      codes[from + 16 + i] = (byte) (both >> 4);
    }
  }

  private void fiveBits(MemorySegment row, long at, int from) {
    scales[from / 32] = Blocks.half(row, at);
    int fifths = Blocks.fifths(row, at + 2);
    for (int i = 0; i < 16; i++) {
      int both = Blocks.unsigned(row, at + 6 + i);
      codes[from + i] = (byte) (((both & 15) | ((fifths >>> i << 4) & 16)) - 16);
      codes[from + 16 + i] = (byte) (((both >> 4) | ((fifths >>> (i + 16) << 4) & 16)) - 16);
    }
  }

  private void groups(MemorySegment row, long at, int from) {
    float scale = Blocks.half(row, at);
    float least = Blocks.half(row, at + 2);
    for (int group = 0; group < 8; group++) {
      scales[from / 32 + group] = scale * Blocks.sixBitScale(row, at + 4, group);
      leasts[from / 32 + group] = -(least * Blocks.sixBitLeast(row, at + 4, group));
      for (int i = 0; i < 32; i++) {
        int both = Blocks.unsigned(row, at + 16 + group / 2 * 32L + i);
        codes[from + group * 32 + i] = (byte) (group % 2 == 0 ? both & 15 : both >> 4);
      }
    }
  }

  private void sixBits(MemorySegment row, long at, int from) {
    float scale = Blocks.half(row, at + 208);
    for (int i = 0; i < 256; i++) {
      codes[from + i] = (byte) Blocks.sixBitCode(row, at, i);
    }
    for (int group = 0; group < 16; group++) {
      scales[from / 16 + group] = scale * Blocks.sixBitGroup(row, at, group);
    }
  }
}
