package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and checks the header of a GGUF file that nobody vouches for. Nothing is allocated by a
 * size that the file claims before the file has shown to be so long.
 */
final class GgufReader {
  private static final int MAGIC = 0x4655_4747;
  private static final int MOST_ENTRIES = 1 << 18;
  private static final int MOST_ITEMS = 1 << 22;
  private static final int LONGEST_NAME = 1 << 16;
  private static final int LONGEST_TEXT = 1 << 26;
  private static final int AT_ONCE = 1 << 16;
  private static final long MOST_ALIGNMENT = 1 << 20;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment data;
  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
  private final Map<String, Gguf.Tensor> tensors = new LinkedHashMap<>();
  private long at;
  // Some of the file, from a place in it.
  private byte[] copied = {};
  private long copiedFrom;

  GgufReader(Path file, MemorySegment data) {
    this.file = file;
    this.data = data;
    read();
  }

  Map<String, GgufValue> metadata() {
    return metadata;
  }

  Map<String, Gguf.Tensor> tensors() {
    return tensors;
  }

  private void read() {
    if (data.byteSize() < 24 || data.get(INT, 0) != MAGIC) {
      throw wrong("header", "it does not begin with GGUF");
    }
    int version = data.get(INT, 4);
    if (version != 2 && version != 3) {
      throw wrong(
          "version",
          Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3
              ? "it is big-endian"
              : "it is %d; 2 and 3 are read".formatted(version));
    }
    long tensorCount = data.get(LONG, 8);
    long valueCount = data.get(LONG, 16);
    at = 24;
    if (tensorCount < 0 || tensorCount > MOST_ENTRIES) {
      throw wrong("tensor count", Long.toUnsignedString(tensorCount) + " tensors cannot be");
    }
    if (valueCount < 0 || valueCount > MOST_ENTRIES) {
      throw wrong("metadata count", Long.toUnsignedString(valueCount) + " values cannot be");
    }
    for (int i = 0; i < valueCount; i++) {
      String key = text("key %d".formatted(i), LONGEST_NAME);
      if (metadata.putIfAbsent(key, value(key)) != null) {
        throw wrong(key, "it stands in the metadata twice");
      }
    }
    readTensors((int) tensorCount);
  }

  private GgufValue value(String key) {
    int code = number(key);
    if (code == GgufScalar.TEXT) {
      return new GgufValue.Text(text(key, LONGEST_TEXT));
    }
    if (code == GgufScalar.ARRAY) {
      return array(key);
    }
    GgufScalar type = scalar(key, code);
    long from = take(key, type.bytes());
    byte[] bytes = data.asSlice(from, type.bytes()).toArray(ValueLayout.JAVA_BYTE);
    if (type == GgufScalar.BOOL) {
      return new GgufValue.Truth(type.whole(bytes, 0) != 0);
    }
    return type.isReal()
        ? new GgufValue.Real(type.real(bytes, 0))
        : new GgufValue.Whole(type.whole(bytes, 0));
  }

  private GgufValue array(String key) {
    int code = number(key);
    long from = take(key, 8);
    long count = data.get(LONG, from);
    int least =
        code == GgufScalar.TEXT ? 8 : code == GgufScalar.ARRAY ? 0 : scalar(key, code).bytes();
    if (least == 0) {
      throw wrong(key, "arrays of arrays are not understood");
    }
    if (count < 0 || count > MOST_ITEMS || count * least > data.byteSize() - at) {
      throw wrong(
          key,
          "it claims %s items, more than the file holds".formatted(Long.toUnsignedString(count)));
    }
    if (code != GgufScalar.TEXT) {
      GgufScalar type = scalar(key, code);
      long begin = take(key, count * least);
      return new GgufValue.Numbers(type, (int) count, data.asSlice(begin, count * least));
    }
    return new GgufValue.Texts(texts(key, (int) count));
  }

  /** Texts one after the other; a vocabulary has a hundred thousand. */
  private List<String> texts(String key, int count) {
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      long from = take(key, 8);
      require(from, 8);
      int place = (int) (from - copiedFrom);
      long length = 0;
      for (int b = 7; b >= 0; b--) {
        length = length << 8 | copied[place + b] & 0xff;
      }
      checkLength(key, length, LONGEST_TEXT);
      from = take(key, length);
      require(from, length);
      place = (int) (from - copiedFrom);
      texts[i] = new String(copied, place, (int) length, StandardCharsets.UTF_8);
    }
    copied = new byte[0];
    // Whoever copies it again has it at once.
    return List.of(texts);
  }

  /**
   * Copies some of the file, with what is asked for: access to it byte by byte is slow at first.
   */
  private void require(long from, long bytes) {
    if (from < copiedFrom || from + bytes > copiedFrom + copied.length) {
      long most = Math.max(bytes, AT_ONCE);
      copied = new byte[(int) Math.min(most, data.byteSize() - from)];
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, copied, 0, copied.length);
      copiedFrom = from;
    }
  }

  private void readTensors(int count) {
    record Found(String name, Encoding encoding, long[] shape, long from, long bytes) {}
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = text("name of tensor %d".formatted(i), LONGEST_NAME);
      long[] shape = shape(name);
      int code = number("tensor " + name);
      Encoding encoding =
          Encoding.ofCode(code)
              .orElseThrow(
                  () ->
                      wrong(
                          "tensor " + name,
                          "its type %d is not read; read are %s"
                              .formatted(code, Encoding.known())));
      long from = data.get(LONG, take("tensor " + name, 8));
      found.add(new Found(name, encoding, shape, from, bytes(name, encoding, shape)));
    }
    long begin = begin();
    long room = data.byteSize() - begin;
    long alignment = alignment();
    for (Found one : found) {
      if (one.from < 0 || one.from % alignment != 0) {
        throw wrong(
            "tensor " + one.name,
            "its offset %s is no multiple of %d"
                .formatted(Long.toUnsignedString(one.from), alignment));
      }
      if (one.from > room || one.bytes > room - one.from) {
        throw wrong("tensor " + one.name, "it reaches outside the file, which may be cut off");
      }
      MemorySegment own = data.asSlice(begin + one.from, one.bytes);
      Gguf.Tensor tensor = new Gguf.Tensor(one.name, one.encoding, one.shape, own);
      if (tensors.putIfAbsent(one.name, tensor) != null) {
        throw wrong("tensor " + one.name, "it stands in the file twice");
      }
    }
    found.sort(Comparator.comparingLong(Found::from).thenComparingLong(Found::bytes));
    for (int i = 1; i < found.size(); i++) {
      Found before = found.get(i - 1);
      if (found.get(i).from < before.from + before.bytes) {
        throw wrong("tensor " + found.get(i).name, "it overlaps tensor " + before.name);
      }
    }
  }

  /** Sizes, the file's innermost first, as row-major order has them. */
  private long[] shape(String name) {
    int dimensions = number("tensor " + name);
    if (dimensions < 1 || dimensions > 4) {
      throw wrong("tensor " + name, "it claims %d dimensions, not 1 to 4".formatted(dimensions));
    }
    long[] shape = new long[dimensions];
    for (int i = dimensions - 1; i >= 0; i--) {
      shape[i] = data.get(LONG, take("tensor " + name, 8));
      if (shape[i] < 1) {
        throw wrong(
            "tensor " + name, "a size of " + Long.toUnsignedString(shape[i]) + " cannot be");
      }
    }
    return shape;
  }

  private long bytes(String name, Encoding encoding, long[] shape) {
    long row = shape[shape.length - 1];
    if (row % encoding.blockSize() != 0) {
      throw wrong(
          "tensor " + name,
          "rows of %d numbers are no whole blocks of %s".formatted(row, encoding));
    }
    try {
      long count = 1;
      for (long size : shape) {
        count = Math.multiplyExact(count, size);
      }
      return encoding.bytes(count);
    } catch (ArithmeticException e) {
      throw wrong("tensor " + name, "its shape overflows");
    }
  }

  private long begin() {
    long alignment = alignment();
    return Math.min(data.byteSize(), (at + alignment - 1) / alignment * alignment);
  }

  private long alignment() {
    if (!(metadata.get("general.alignment") instanceof GgufValue.Whole whole)) {
      if (metadata.containsKey("general.alignment")) {
        throw wrong("general.alignment", "it is no whole number");
      }
      return 32;
    }
    long alignment = whole.value();
    if (alignment < 1 || alignment > MOST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw wrong("general.alignment", alignment + " is no power of two up to 1048576");
    }
    return alignment;
  }

  private GgufScalar scalar(String field, int code) {
    GgufScalar type = GgufScalar.ofCode(code);
    if (type == null) {
      throw wrong(field, "its type %d is not known".formatted(code));
    }
    return type;
  }

  private int number(String field) {
    return data.get(INT, take(field, 4));
  }

  private void checkLength(String field, long length, int longest) {
    if (length < 0 || length > longest || length > data.byteSize() - at) {
      throw wrong(
          field,
          "a text of %s bytes is longer than the file or than it may be"
              .formatted(Long.toUnsignedString(length)));
    }
  }

  private String text(String field, int longest) {
    long length = data.get(LONG, take(field, 8));
    checkLength(field, length, longest);
    long from = take(field, length);
    return length == 0
        ? ""
        : new String(
            data.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private long take(String field, long bytes) {
    if (bytes > data.byteSize() - at) {
      throw wrong(field, "the file is cut off there");
    }
    long from = at;
    at += bytes;
    return from;
  }

  private BadInputException wrong(String field, String what) {
    return new BadInputException(
        "%s is no GGUF file that can be read: %s: %s".formatted(file, Foreign.shown(field), what));
  }
}
