package dev.forefront.model;

import org.jspecify.annotations.Nullable;

/** The fixed-size types of GGUF metadata, by their codes. */
enum GgufScalar {
  UINT8(0, 1),
  INT8(1, 1),
  UINT16(2, 2),
  INT16(3, 2),
  UINT32(4, 4),
  INT32(5, 4),
  FLOAT32(6, 4),
  BOOL(7, 1),
  UINT64(10, 8),
  INT64(11, 8),
  FLOAT64(12, 8);

  static final int TEXT = 8;
  static final int ARRAY = 9;

  private final int code;
  private final int bytes;

  GgufScalar(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  int code() {
    return code;
  }

  int bytes() {
    return bytes;
  }

  static @Nullable GgufScalar ofCode(int code) {
    for (GgufScalar type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  boolean isReal() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /** A number, of an array: the JVM takes its time until access to a segment is fast. */
  long whole(byte[] data, int at) {
    long bits = bits(data, at);
    return switch (this) {
      case UINT8, BOOL, UINT16, UINT32, UINT64, INT64 -> bits;
      case INT8 -> (byte) bits;
      case INT16 -> (short) bits;
      case INT32 -> (int) bits;
      case FLOAT32, FLOAT64 -> (long) real(data, at);
    };
  }

  double real(byte[] data, int at) {
    return switch (this) {
      case FLOAT32 -> Float.intBitsToFloat((int) bits(data, at));
      case FLOAT64 -> Double.longBitsToDouble(bits(data, at));
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, BOOL, UINT64, INT64 -> whole(data, at);
    };
  }

  /** Little-endian. */
  private long bits(byte[] data, int at) {
    long bits = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      bits = bits << 8 | data[at + i] & 0xff;
    }
    return bits;
  }
}
