package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Writes a GGUF file of version 3, tensor by tensor, so that one of them is in memory at a time. */
final class GgufWriter {
  private static final int ALIGNMENT = 32;
  private static final int ROWS_AT_ONCE = 1 << 20;

  /**
   * A tensor to write.
   *
   * @param shape row-major
   * @param values asked once, when its turn comes
   */
  record Pending(String name, Encoding encoding, long[] shape, Supplier<float[]> values) {
    long count() {
      long count = 1;
      for (long size : shape) {
        count *= size;
      }
      return count;
    }
  }

  private GgufWriter() {}

  static void write(Path file, GgufMetadata metadata, List<Pending> tensors) {
    byte[] values = metadata.toBytes();
    byte[] infos = infos(tensors);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
          head.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
          head.putLong(tensors.size()).putLong(metadata.count());
          AtomicFile.writeFully(channel, head.flip());
          AtomicFile.writeFully(channel, ByteBuffer.wrap(values));
          AtomicFile.writeFully(channel, ByteBuffer.wrap(infos));
          align(channel);
          for (Pending tensor : tensors) {
            write(channel, tensor);
            align(channel);
          }
        });
  }

  private static byte[] infos(List<Pending> tensors) {
    int size = 0;
    for (Pending tensor : tensors) {
      size +=
          24 + 8 * tensor.shape().length + tensor.name().getBytes(StandardCharsets.UTF_8).length;
    }
    ByteBuffer infos = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    long offset = 0;
    for (Pending tensor : tensors) {
      byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
      infos.putLong(name.length).put(name).putInt(tensor.shape().length);
      for (int i = tensor.shape().length - 1; i >= 0; i--) {
        infos.putLong(tensor.shape()[i]);
      }
      infos.putInt(tensor.encoding().code()).putLong(offset);
      offset += aligned(tensor.encoding().bytes(tensor.count()));
    }
    return infos.array();
  }

  private static void write(FileChannel channel, Pending tensor) throws IOException {
    float[] values = tensor.values().get();
    if (values.length != tensor.count()) {
      throw new IllegalArgumentException(tensor.name() + " has another size than it said");
    }
    int piece = ROWS_AT_ONCE / tensor.encoding().blockSize() * tensor.encoding().blockSize();
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(tensor.encoding().bytes(Math.min(piece, values.length))))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += piece) {
      out.clear();
      int count = Math.min(piece, values.length - from);
      Rounding.write(tensor.encoding(), values, from, count, out, tensor.name());
      AtomicFile.writeFully(channel, out.flip());
    }
  }

  private static void align(FileChannel channel) throws IOException {
    int missing = (int) (aligned(channel.position()) - channel.position());
    AtomicFile.writeFully(channel, ByteBuffer.allocate(missing));
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
