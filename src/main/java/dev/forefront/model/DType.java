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

  static String known() {
    return Arrays.toString(values());
  }
}
