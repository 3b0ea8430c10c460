package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Stored numbers as Java's. */
final class Widening {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Widening() {}

  static float[] floats(SafeTensors.Entry entry) {
    return Weight.of(entry).floats();
  }

  static long[] longs(SafeTensors.Entry entry) {
    MemorySegment data = entry.data();
    long[] values = new long[size(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (entry.type()) {
            case I64 -> data.getAtIndex(LONG, i);
            case I32 -> data.getAtIndex(INT, i);
            case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            case F32, F16, BF16 -> throw wrong(entry, "whole");
          };
    }
    return values;
  }

  private static int size(SafeTensors.Entry entry) {
    if (entry.size() > Integer.MAX_VALUE - 8) {
      throw new BadInputException("tensor " + entry.name() + " is too large for one array");
    }
    return (int) entry.size();
  }

  private static BadInputException wrong(SafeTensors.Entry entry, String wanted) {
    return new BadInputException(
        "tensor %s holds %s where %s numbers are needed"
            .formatted(entry.name(), entry.type(), wanted));
  }
}
