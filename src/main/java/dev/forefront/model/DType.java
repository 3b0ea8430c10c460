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

  static String known() {
    return Arrays.toString(values());
  }
}
