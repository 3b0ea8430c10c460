package dev.forefront.model;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Named tensors in safetensors files, mapped into memory: a header of JSON, then the numbers,
 * little-endian, row-major. One file, or shards with an index. Format:
 * https://github.com/huggingface/safetensors
 */
public final class SafeTensors implements AutoCloseable {

  /**
   * One tensor.
   *
   * @param data its bytes inside the mapped file, readable until the file is closed
   */
  public record Entry(String name, DType type, long[] shape, MemorySegment data) {

    /** Numbers in the tensor. */
    public long size() {
      return data.byteSize() / type.bytes();
    }

    /**
     * All numbers as float32, 16-bit formats widened.
     *
     * @throws BadInputException where the tensor holds no floating-point numbers
     */
    public float[] floats() {
      return Widening.floats(this);
    }

    /** All numbers of an integer or boolean tensor. */
    public long[] longs() {
      return Widening.longs(this);
    }
  }

  private final Arena arena;
  private final Map<String, Entry> entries;

  private SafeTensors(Arena arena, Map<String, Entry> entries) {
    this.arena = arena;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * Opens a file, or a folder's {@code model.safetensors}, or its {@code
   * model.safetensors.index.json} with all shards.
   *
   * @throws BadInputException naming the file and what is wrong with it
   */
  public static SafeTensors open(Path fileOrFolder) {
    return open(fileOrFolder, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes are mapped before anything is read from them. */
  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this object: close()
  public static SafeTensors open(Path fileOrFolder, Loading loading) {
    Arena arena = Arena.ofShared();
    try {
      Map<String, Entry> entries = new TreeMap<>();
      for (Path file : ShardIndex.files(fileOrFolder, loading)) {
        for (Entry entry : SafeTensorsHeader.map(file, arena, loading)) {
          if (entries.putIfAbsent(entry.name(), entry) != null) {
            throw new BadInputException(
                "%s holds tensor %s, which another shard holds too".formatted(file, entry.name()));
          }
        }
      }
      ShardIndex.check(fileOrFolder, entries.keySet(), loading);
      return new SafeTensors(arena, entries);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** All tensors by name, in alphabetical order. */
  public Map<String, Entry> entries() {
    return entries;
  }

  /**
   * @throws BadInputException where there is no such tensor
   */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new BadInputException("the weights hold no tensor " + name);
    }
    return entry;
  }

  /**
   * @throws BadInputException where there is no such tensor or its shape is another
   */
  public Entry entry(String name, long... shape) {
    Entry entry = entry(name);
    if (!Arrays.equals(entry.shape(), shape)) {
      throw new BadInputException(
          "tensor %s has shape %s where the configuration asks for %s"
              .formatted(name, Arrays.toString(entry.shape()), Arrays.toString(shape)));
    }
    return entry;
  }

  /** Unmaps the files; entries may not be read any more. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * Writes tensors into one file, atomically, in the order given; the same tensors give the same
   * bytes.
   *
   * @param metadata strings for the header's {@code __metadata__}; readers of PyTorch weights
   *     expect {@code format: pt}
   */
  public static void write(Path file, List<Entry> tensors, Map<String, String> metadata) {
    List<Outline> outlines =
        tensors.stream()
            .map(t -> new Outline(t.name(), t.type().name(), t.shape(), t.data().byteSize()))
            .toList();
    AtomicFile.write(
        file,
        channel -> {
          writeHeader(channel, outlines, metadata);
          for (Entry tensor : tensors) {
            writeData(channel, tensor.data());
          }
        });
  }

  /** Likewise, computing one tensor after the other. */
  static void writePending(Path file, List<Pending> tensors, Map<String, String> metadata) {
    List<Outline> outlines = tensors.stream().map(SafeTensors::outline).toList();
    AtomicFile.write(
        file,
        channel -> {
          writeHeader(channel, outlines, metadata);
          for (Pending tensor : tensors) {
            tensor.writeTo(channel);
          }
        });
  }

  private static Outline outline(Pending tensor) {
    if (!tensor.encoding().isQuantized()) {
      return new Outline(tensor.name(), tensor.encoding().name(), tensor.shape(), tensor.bytes());
    }
    long rows = tensor.shape()[0];
    return new Outline(
        Packed.name(tensor.name(), tensor.encoding()),
        DType.U8.name(),
        new long[] {rows, tensor.bytes() / rows},
        tensor.bytes());
  }

  /** A float32 tensor to write. */
  public static Entry of(String name, float[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    MemorySegment.copy(
        values,
        0,
        data,
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
        0,
        values.length);
    return new Entry(name, DType.F32, shape, data);
  }

  private record Outline(String name, String type, long[] shape, long bytes) {}

  private static void writeHeader(
      FileChannel channel, List<Outline> tensors, Map<String, String> metadata) throws IOException {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(node::put);
    }
    long offset = 0;
    for (Outline tensor : tensors) {
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.type());
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
      node.putArray("data_offsets").add(offset).add(offset += tensor.bytes());
    }
    byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
    byte[] header = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(header, text.length, header.length, (byte) ' ');
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    AtomicFile.writeFully(channel, length.putLong(header.length).flip());
    AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
  }

  private static void writeData(FileChannel channel, MemorySegment data) throws IOException {
    long chunk = 64L << 20;
    for (long at = 0; at < data.byteSize(); at += chunk) {
      long length = Math.min(chunk, data.byteSize() - at);
      AtomicFile.writeFully(channel, data.asSlice(at, length).asByteBuffer());
    }
  }
}
