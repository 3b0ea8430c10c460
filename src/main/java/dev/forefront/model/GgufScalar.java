package dev.forefront.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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

  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);

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

  long whole(MemorySegment data, long at) {
    return switch (this) {
      case UINT8, BOOL -> data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      case INT8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case UINT16 -> data.get(SHORT, at) & 0xffff;
      case INT16 -> data.get(SHORT, at);
      case UINT32 -> data.get(INT, at) & 0xffff_ffffL;
      case INT32 -> data.get(INT, at);
      case UINT64, INT64 -> data.get(LONG, at);
      case FLOAT32, FLOAT64 -> (long) real(data, at);
    };
  }

  double real(MemorySegment data, long at) {
    return switch (this) {
      case FLOAT32 -> Float.intBitsToFloat(data.get(INT, at));
      case FLOAT64 -> Double.longBitsToDouble(data.get(LONG, at));
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, BOOL, UINT64, INT64 -> whole(data, at);
    };
  }
}
