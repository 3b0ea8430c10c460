package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One weight as its file holds it, told in Hugging Face's order of rows.
 *
 * @param shape row-major
 * @param data all rows, each of whole blocks, readable until the model's files are closed
 * @param interleavedHeads heads whose rows are interleaved in {@code data}: row {@code 2i} of a
 *     head is its i-th, row {@code 2i + 1} the i-th of its second half; 0 where rows lie in order
 * @param shift subtracted from every number
 */
public record Weight(
    String name,
    Encoding encoding,
    long[] shape,
    MemorySegment data,
    int interleavedHeads,
    float shift) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static Weight of(Gguf.Tensor tensor) {
    return new Weight(tensor.name(), tensor.encoding(), tensor.shape(), tensor.data(), 0, 0);
  }

  /**
   * @throws BadInputException where the tensor holds no floating-point numbers
   */
  static Weight of(SafeTensors.Entry entry) {
    Encoding encoding =
        switch (entry.type()) {
          case F32 -> Encoding.F32;
          case F16 -> Encoding.F16;
          case BF16 -> Encoding.BF16;
          case I64, I32, U8, BOOL ->
              throw new BadInputException(
                  "tensor %s holds %s where floating-point numbers are needed"
                      .formatted(entry.name(), entry.type()));
        };
    return new Weight(entry.name(), encoding, entry.shape(), entry.data(), 0, 0);
  }

  /** Rows of a matrix; a vector is one row. */
  public long rows() {
    return shape.length < 2 ? 1 : size() / columns();
  }

  /** Numbers in a row. */
  public long columns() {
    return shape[shape.length - 1];
  }

  /** Numbers in all. */
  public long size() {
    long size = 1;
    for (long one : shape) {
      size = Math.multiplyExact(size, one);
    }
    return size;
  }

  /** The blocks of one row, as the file has them. */
  private MemorySegment row(long row) {
    long bytes = encoding.bytes(columns());
    return data.asSlice(inFile(row) * bytes, bytes);
  }

  /** Copies the blocks of some rows, one row after the other. */
  public void copy(long first, int rows, byte[] to) {
    int bytes = Math.toIntExact(encoding.bytes(columns()));
    int together = interleavedHeads == 0 ? rows : 1;
    for (int row = 0; row < rows; row += together) {
      long from = inFile(first + row) * bytes;
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, to, row * bytes, together * bytes);
    }
  }

  /** Copies a row of sixteen-bit numbers, which fill {@code to}. */
  public void copy(long row, short[] to) {
    long bytes = encoding.bytes(columns());
    MemorySegment.copy(data, SHORT, inFile(row) * bytes, to, 0, to.length);
  }

  /** Gives the memory of a mapped file's pages back; who reads on has them read again. */
  public void letGo() {
    if (data.isMapped()) {
      data.unload();
    }
  }

  /** Where an interleaved head of so many rows holds one of them. */
  static long woven(long row, long size) {
    return row < size / 2 ? 2 * row : 2 * (row - size / 2) + 1;
  }

  private long inFile(long row) {
    if (interleavedHeads == 0) {
      return row;
    }
    long size = rows() / interleavedHeads;
    long within = row % size;
    return row - within + woven(within, size);
  }

  /**
   * All numbers as float32.
   *
   * @throws BadInputException where they are too many for one array
   */
  public float[] floats() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new BadInputException("tensor " + name + " is too large for one array");
    }
    float[] values = new float[(int) size()];
    if (shape.length == 1 && interleavedHeads > 0) {
      return unwoven(values);
    }
    if (interleavedHeads == 0 && values.length > 0) {
      Blocks.widen(encoding, data, values, 0, values.length);
    } else {
      int columns = (int) columns();
      for (int row = 0; row < rows(); row++) {
        Blocks.widen(encoding, row(row), values, row * columns, columns);
      }
    }
    if (shift != 0) {
      for (int i = 0; i < values.length; i++) {
        values[i] -= shift;
      }
    }
    return values;
  }

  /** A vector whose entries, not rows, are interleaved. */
  private float[] unwoven(float[] values) {
    float[] woven = new float[values.length];
    Blocks.widen(encoding, data, woven, 0, woven.length);
    int size = values.length / interleavedHeads;
    for (int i = 0; i < values.length; i++) {
      int within = i % size;
      values[i] = woven[i - within + (int) woven(within, size)];
    }
    return values;
  }
}
