package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a GGUF file of version 3, tensor by tensor, so that one of them is in memory at a time.
 */
final class GgufWriter {
  private static final int ALIGNMENT = 32;

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
            tensor.writeTo(channel);
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

  private static void align(FileChannel channel) throws IOException {
    int missing = (int) (aligned(channel.position()) - channel.position());
    AtomicFile.writeFully(channel, ByteBuffer.allocate(missing));
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
