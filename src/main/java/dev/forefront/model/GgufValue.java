package dev.forefront.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A value of a GGUF file's metadata. */
sealed interface GgufValue {

  record Text(String value) implements GgufValue {}

  /** Any of the integer types; what a uint64 has above 2^63 shows as negative. */
  record Whole(long value) implements GgufValue {}

  record Real(double value) implements GgufValue {}

  record Truth(boolean value) implements GgufValue {}

  record Texts(List<String> values) implements GgufValue {}

  /** An array of numbers or truth values, left where it lies. */
  record Numbers(GgufScalar type, int count, MemorySegment data) implements GgufValue {

    /** All of them, {@code type.bytes()} each. */
    byte[] bytes() {
      return data.toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
