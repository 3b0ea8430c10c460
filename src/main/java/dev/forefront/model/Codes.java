package dev.forefront.model;

/**
 * One row of a quantised weight, unpacked and not yet widened: number {@code i} is {@code codes[i]
 * * scales[i / block] + leasts[i / block]}. Codes are told from 0 where the encoding has a least or
 * is Q4_0, all others with their sign. To be read again and again. The layouts are those of
 * ggml-quants.c (https://github.com/ggml-org/ggml), little-endian.
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
   * @throws IllegalArgumentException for an encoding of single numbers
   */
  public static int block(Encoding encoding) {
    return switch (encoding) {
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K -> 32;
      case Q6_K -> 16;
      case F32, F16, BF16 -> throw new IllegalArgumentException(encoding + " has no codes");
    };
  }

  /** Of the row that was unpacked last. */
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
   * Unpacks a row.
   *
   * @param row holds all blocks of the row
   * @param begin where they begin
   */
  public void unpack(byte[] row, int begin) {
    int size = encoding.blockSize();
    for (int from = 0; from < codes.length; from += size) {
      int at = begin + from / size * encoding.blockBytes();
      switch (encoding) {
        case Q8_0 -> {
          scales[from / 32] = half(row, at);
          System.arraycopy(row, at + 2, codes, from, 32);
        }
        case Q4_0 -> {
          float scale = half(row, at);
          fourBits(row, at + 2, from, scale, -8 * scale);
        }
        case Q4_1 -> fourBits(row, at + 4, from, half(row, at), half(row, at + 2));
        case Q5_0 -> fiveBits(row, at + 2, from, -16, half(row, at), 0);
        case Q5_1 -> fiveBits(row, at + 4, from, 0, half(row, at), half(row, at + 2));
        case Q4_K -> groups(row, at, from, false);
        case Q5_K -> groups(row, at, from, true);
        case Q6_K -> sixBits(row, at, from);
        case F32, F16, BF16 -> throw new IllegalStateException(encoding.name());
      }
    }
  }

  /** Sixteen bytes hold numbers 0 to 15 in their low halves and 16 to 31 in their high ones. */
  private void fourBits(byte[] row, int at, int from, float scale, float least) {
    scales[from / 32] = scale;
    leasts[from / 32] = least;
    for (int i = 0; i < 16; i++) {
      int both = unsigned(row, at + i);
      codes[from + i] = (byte) (both & 15);
      codes[from + 16 + i] = (byte) (both >> 4);
    }
  }

  /** The fifth bits of 32 numbers, then sixteen bytes as above. */
  private void fiveBits(byte[] row, int at, int from, int shift, float scale, float least) {
    scales[from / 32] = scale;
    leasts[from / 32] = least;
    int fifths = whole(row, at);
    for (int i = 0; i < 16; i++) {
      int both = unsigned(row, at + 4 + i);
      codes[from + i] = (byte) (((both & 15) | ((fifths >>> i << 4) & 16)) + shift);
      codes[from + 16 + i] = (byte) (((both >> 4) | ((fifths >>> (i + 16) << 4) & 16)) + shift);
    }
  }

  /** Q4_K and Q5_K. */
  private void groups(byte[] row, int at, int from, boolean five) {
    float scale = half(row, at);
    float least = half(row, at + 2);
    int fours = at + (five ? 48 : 16);
    for (int group = 0; group < 8; group++) {
      scales[from / 32 + group] = scale * groupScale(row, at + 4, group);
      leasts[from / 32 + group] = -(least * groupLeast(row, at + 4, group));
      int begin = from + group * 32;
      for (int i = 0; i < 32; i++) {
        int both = unsigned(row, fours + group / 2 * 32 + i);
        codes[begin + i] = (byte) (group % 2 == 0 ? both & 15 : both >> 4);
      }
      for (int i = 0; five && i < 32; i++) {
        codes[begin + i] |= (byte) ((unsigned(row, at + 16 + i) >> group << 4) & 16);
      }
    }
  }

  private static int groupScale(byte[] row, int packed, int group) {
    return group < 4
        ? unsigned(row, packed + group) & 63
        : (unsigned(row, packed + group + 4) & 15) | (unsigned(row, packed + group - 4) >> 6 << 4);
  }

  private static int groupLeast(byte[] row, int packed, int group) {
    return group < 4
        ? unsigned(row, packed + group + 4) & 63
        : (unsigned(row, packed + group + 4) >> 4) | (unsigned(row, packed + group) >> 6 << 4);
  }

  private void sixBits(byte[] row, int at, int from) {
    float scale = half(row, at + 208);
    for (int i = 0; i < 256; i++) {
      int part = i / 128;
      int quarter = i % 128 / 32;
      int within = i % 32;
      int four = unsigned(row, at + part * 64 + quarter % 2 * 32 + within) >> (quarter / 2 * 4);
      int two = unsigned(row, at + 128 + part * 32 + within) >> (2 * quarter);
      codes[from + i] = (byte) (((four & 15) | ((two & 3) << 4)) - 32);
    }
    for (int group = 0; group < 16; group++) {
      scales[from / 16 + group] = scale * row[at + 192 + group];
    }
  }

  private static float half(byte[] row, int at) {
    return Float.float16ToFloat((short) (unsigned(row, at) | row[at + 1] << 8));
  }

  private static int whole(byte[] row, int at) {
    return unsigned(row, at)
        | unsigned(row, at + 1) << 8
        | unsigned(row, at + 2) << 16
        | row[at + 3] << 24;
  }

  private static int unsigned(byte[] row, int at) {
    return row[at] & 0xff;
  }
}
