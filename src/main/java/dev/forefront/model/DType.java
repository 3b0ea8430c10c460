package dev.forefront.model;

import java.util.Arrays;

/** Number formats of a safetensors file. */
public enum DType {
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  U8(1),
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one number. */
  public int bytes() {
    return bytes;
  }

  /**
   * @throws IllegalArgumentException where it is no floating-point format
   */
  Encoding encoding() {
    return switch (this) {
      case F32 -> Encoding.F32;
      case F16 -> Encoding.F16;
      case BF16 -> Encoding.BF16;
      case I64, I32, U8, BOOL -> throw new IllegalArgumentException(this + " holds no weights");
    };
  }

  /** What config.json calls numbers that are encoded so: quantised ones are read as float32. */
  static DType of(Encoding encoding) {
    return switch (encoding) {
      case F16 -> F16;
      case BF16 -> BF16;
      case F32, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> F32;
    };
  }

  static String known() {
    return Arrays.toString(values());
  }
}
