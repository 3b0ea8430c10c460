package dev.forefront.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a file writes the numbers of a weight: one by one, or in blocks that share a scale. The
 * quantised ones are those of ggml: https://github.com/ggml-org/ggml
 */
public enum Encoding {
  F32(0, 1, 4),
  F16(1, 1, 2),
  BF16(30, 1, 2),
  /** Scale, then 32 numbers of 4 bits, 8 subtracted. */
  Q4_0(2, 32, 18),
  /** Scale, least, then 32 numbers of 4 bits. */
  Q4_1(3, 32, 20),
  /** Scale, fifth bits, then 32 numbers of 4 bits, 16 subtracted. */
  Q5_0(6, 32, 22),
  /** Scale, least, fifth bits, then 32 numbers of 4 bits. */
  Q5_1(7, 32, 24),
  /** Scale, then 32 signed bytes. */
  Q8_0(8, 32, 34),
  /** Eight groups of 32 numbers of 4 bits; their scales and leasts have 6 bits. */
  Q4_K(12, 256, 144),
  /** Likewise with 5 bits. */
  Q5_K(13, 256, 176),
  /** Sixteen groups of 16 numbers of 6 bits; their scales have 8 bits. */
  Q6_K(14, 256, 210);

  private final int code;
  private final int blockSize;
  private final int blockBytes;

  Encoding(int code, int blockSize, int blockBytes) {
    this.code = code;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /** The number that stands for it in GGUF files. */
  int code() {
    return code;
  }

  /** Numbers in a block; rows consist of whole blocks. */
  public int blockSize() {
    return blockSize;
  }

  /** Bytes of a block. */
  public int blockBytes() {
    return blockBytes;
  }

  public boolean isQuantized() {
    return blockSize > 1;
  }

  /**
   * Bytes of {@code count} numbers, which fill whole blocks.
   *
   * @throws ArithmeticException where that is more than a long can hold
   */
  public long bytes(long count) {
    return Math.multiplyExact(count / blockSize, (long) blockBytes);
  }

  static Optional<Encoding> ofCode(long code) {
    return Arrays.stream(values()).filter(e -> e.code == code).findFirst();
  }

  static Optional<Encoding> ofName(String name) {
    return Arrays.stream(values()).filter(e -> e.name().equals(name)).findFirst();
  }

  static String known() {
    return Arrays.stream(values()).map(Encoding::name).collect(Collectors.joining(", "));
  }
}
