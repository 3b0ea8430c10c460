package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Reads and checks the header of one safetensors file that nobody vouches for. */
final class SafeTensorsHeader {
  /** The format allows 100 MB; the largest models that are published need less than ten. */
  private static final long MOST_HEADER = 32L << 20;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private SafeTensorsHeader() {}

  static List<SafeTensors.Entry> map(Path file, Arena arena, Loading loading) {
    MemorySegment mapped;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    loading.took(file, mapped);
    if (mapped.byteSize() < 8) {
      throw new BadInputException(file + " is no safetensors file: it is shorter than 8 bytes");
    }
    long length = mapped.get(LENGTH, 0);
    if (length < 2 || length > MOST_HEADER || length > mapped.byteSize() - 8) {
      throw new BadInputException(
          "%s is no safetensors file or is cut off: its header claims %d bytes of %d"
              .formatted(file, length, mapped.byteSize()));
    }
    byte[] header = mapped.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
    return entries(file, parse(file, header), mapped.asSlice(8 + length));
  }

  private static JsonNode parse(Path file, byte[] header) {
    try {
      JsonNode root = StrictJson.MAPPER.readTree(header);
      if (!root.isObject()) {
        throw new BadInputException(file + ": the header is no JSON object");
      }
      return root;
    } catch (JacksonException e) {
      throw new BadInputException(file + ": the header is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static List<SafeTensors.Entry> entries(Path file, JsonNode root, MemorySegment data) {
    record Range(String name, long from, long to) {}
    List<SafeTensors.Entry> entries = new ArrayList<>();
    List<Range> ranges = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals("__metadata__")) {
        continue;
      }
      Field tensor = new Field(file, field.getKey(), field.getValue());
      DType type = tensor.type();
      long[] shape = tensor.shape();
      long from = tensor.offset(0);
      long to = tensor.offset(1);
      if (from < 0 || to < from || to > data.byteSize()) {
        throw tensor.wrong("data_offsets reach outside the file, which may be cut off");
      }
      if (to - from != tensor.bytes(shape, type)) {
        throw tensor.wrong("data_offsets do not fit its shape and dtype");
      }
      ranges.add(new Range(field.getKey(), from, to));
      entries.add(
          new SafeTensors.Entry(field.getKey(), type, shape, data.asSlice(from, to - from)));
    }
    ranges.sort(Comparator.comparingLong(Range::from).thenComparingLong(Range::to));
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).from() < ranges.get(i - 1).to()) {
        throw new BadInputException(
            "%s: tensors %s and %s overlap"
                .formatted(
                    file,
                    Foreign.shown(ranges.get(i - 1).name()),
                    Foreign.shown(ranges.get(i).name())));
      }
    }
    return entries;
  }

  private record Field(Path file, String name, JsonNode node) {

    DType type() {
      String text = node.path("dtype").asString("");
      for (DType type : DType.values()) {
        if (type.name().equals(text)) {
          return type;
        }
      }
      throw wrong("dtype \"%s\" is not one of %s".formatted(Foreign.shown(text), DType.known()));
    }

    long[] shape() {
      JsonNode shape = node.path("shape");
      if (!shape.isArray() || shape.size() > 8) {
        throw wrong("shape is no list of at most 8 sizes");
      }
      long[] sizes = new long[shape.size()];
      for (int i = 0; i < sizes.length; i++) {
        if (!shape.get(i).canConvertToLong() || shape.get(i).asLong() < 0) {
          throw wrong("shape " + Foreign.shown(shape.toString()) + " is not made of sizes");
        }
        sizes[i] = shape.get(i).asLong();
      }
      return sizes;
    }

    long offset(int i) {
      JsonNode offset = node.path("data_offsets").path(i);
      if (!offset.isIntegralNumber() || !offset.canConvertToLong()) {
        throw wrong("data_offsets are missing or no numbers");
      }
      return offset.asLong();
    }

    long bytes(long[] shape, DType type) {
      try {
        long bytes = type.bytes();
        for (long size : shape) {
          bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
      } catch (ArithmeticException e) {
        throw wrong("its shape overflows");
      }
    }

    BadInputException wrong(String what) {
      return new BadInputException("%s: tensor %s: %s".formatted(file, Foreign.shown(name), what));
    }
  }
}
