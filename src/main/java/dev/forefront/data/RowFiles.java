package dev.forefront.data;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Packed rows on disk, in shards: each row is its ids ({@code length} int32), then its tags ({@code
 * length} int16), little-endian; {@code packed.json} comes last and holds every shard's digest.
 * Beside each shard lies a text file with a line for each row: the names of its documents, for a
 * person to look.
 */
final class RowFiles {
  static final String INDEX = "packed.json";
  private static final String FORMAT = "forefront-rows-1";
  private static final int SHARD_BYTES = 32 << 20;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private RowFiles() {}

  /** The index. */
  record Index(String format, int length, List<Shard> shards, Packing packing) {
    int rows() {
      return shards.stream().mapToInt(Shard::rows).sum();
    }
  }

  /** One file of rows. */
  record Shard(String file, int rows, String sha256) {}

  /** Takes rows and writes a shard whenever one is full. */
  static final class Writer implements Consumer<Row> {
    private final Path folder;
    private final int length;
    private final ByteBuffer buffer;
    private final List<Shard> shards = new ArrayList<>();
    private final StringBuilder names = new StringBuilder();
    private int rows;

    Writer(Path folder, int length) {
      this.folder = folder;
      this.length = length;
      int perShard = Math.max(1, SHARD_BYTES / rowBytes(length));
      buffer = ByteBuffer.allocate(perShard * rowBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void accept(Row row) {
      for (int id : row.ids()) {
        buffer.putInt(id);
      }
      for (short tag : row.tags()) {
        buffer.putShort(tag);
      }
      row.names().forEach(name -> names.append(oneLine(name)).append('\t'));
      names.append('\n');
      rows++;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }

    /** Writes what is left, then the index. */
    void finish(Packing packing) {
      flush();
      Index index = new Index(FORMAT, length, shards, packing);
      AtomicFile.write(
          folder.resolve(INDEX),
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(index) + "\n");
    }

    private void flush() {
      if (rows == 0) {
        return;
      }
      Path file = folder.resolve("rows-%05d.bin".formatted(shards.size()));
      AtomicFile.write(
          file, channel -> AtomicFile.writeFully(channel, buffer.flip().asReadOnlyBuffer()));
      AtomicFile.write(namesOf(file), names.toString());
      names.setLength(0);
      shards.add(new Shard(String.valueOf(file.getFileName()), rows, Sha256.hex(file)));
      rows = 0;
      buffer.clear();
    }
  }

  /**
   * Maps the shards after comparing their digests.
   *
   * @throws BadInputException where the folder holds no rows, or others than were written
   */
  static PackedRows open(Path folder) {
    Index index = index(folder);
    List<MemorySegment> mapped = new ArrayList<>();
    for (Shard shard : index.shards()) {
      Path file = folder.resolve(shard.file());
      if (!Files.isRegularFile(file) || !Sha256.hex(file).equals(shard.sha256())) {
        throw new BadInputException(
            file + " is missing or was changed since it was packed: pack the corpus again");
      }
      mapped.add(map(file));
    }
    return new PackedRows(
        index.rows(), index.length(), index.packing(), new Mapped(folder, index, mapped));
  }

  private static Index index(Path folder) {
    Path file = folder.resolve(INDEX);
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(folder + " holds no packed rows: it has no " + INDEX);
    }
    try {
      return JsonMapper.shared().readValue(Files.readString(file), Index.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new BadInputException(file + " cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private static Path namesOf(Path shard) {
    return shard.resolveSibling(String.valueOf(shard.getFileName()).replace(".bin", ".txt"));
  }

  private static String oneLine(String name) {
    return name.replaceAll("\\p{Cntrl}", " ");
  }

  /** Nothing where the file is gone: a name is a help, not a part of the run. */
  private static List<String> names(Path shard, int row) {
    try (Stream<String> lines = Files.lines(namesOf(shard))) {
      return lines
          .skip(row)
          .findFirst()
          .map(line -> Arrays.stream(line.split("\t")).filter(name -> !name.isEmpty()).toList())
          .orElse(List.of());
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /** The mapping goes with the last reader that can see it. */
  private static MemorySegment map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Mapped(Path folder, Index index, List<MemorySegment> shards)
      implements PackedRows.Reader {

    @Override
    public Row row(int row) {
      int length = index.length();
      MemorySegment shard = shards.get(row / perShard());
      long at = (long) (row % perShard()) * rowBytes(length);
      int[] ids = new int[length];
      short[] tags = new short[length];
      MemorySegment.copy(shard, INT, at, ids, 0, length);
      MemorySegment.copy(shard, SHORT, at + 4L * length, tags, 0, length);
      return new Row(ids, tags, List.of());
    }

    @Override
    public List<String> names(int row) {
      Path shard = folder.resolve(index.shards().get(row / perShard()).file());
      return RowFiles.names(shard, row % perShard());
    }

    private int perShard() {
      return index.shards().getFirst().rows();
    }
  }

  private static int rowBytes(int length) {
    return length * (Integer.BYTES + Short.BYTES);
  }
}
