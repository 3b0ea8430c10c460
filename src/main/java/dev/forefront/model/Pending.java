package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.function.Supplier;

/**
 * A tensor to write, computed when its turn comes, so that one of them is in memory at a time.
 *
 * @param shape row-major
 * @param values asked once
 */
record Pending(String name, Encoding encoding, long[] shape, Supplier<float[]> values) {
  private static final int AT_ONCE = 1 << 20;

  long count() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  long bytes() {
    return encoding.bytes(count());
  }

  void writeTo(FileChannel channel) throws IOException {
    float[] all = values.get();
    if (all.length != count()) {
      throw new IllegalArgumentException(name + " has another size than it said");
    }
    int piece = AT_ONCE / encoding.blockSize() * encoding.blockSize();
    int most = Math.toIntExact(encoding.bytes(Math.min(piece, all.length)));
    ByteBuffer out = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < all.length; from += piece) {
      out.clear();
      Rounding.write(encoding, all, from, Math.min(piece, all.length - from), out, name);
      AtomicFile.writeFully(channel, out.flip());
    }
  }
}
