package dev.forefront.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights that stand in an ONNX file (https://onnx.ai, a message in Protocol Buffers' wire
 * format), in its order; what is done with them is not read.
 */
final class Onnx {
  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  // Fields of a tensor.
  private static final int DIMENSION = 1;
  private static final int TYPE = 2;
  private static final int FLOATS = 4;
  private static final int NAME = 8;
  private static final int RAW = 9;
  // Wire types.
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  /** How numbers are written. */
  enum Type {
    F32(1, 4),
    U8(2, 1),
    I8(3, 1);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  /**
   * A tensor of a type that is known here.
   *
   * @param data little-endian
   */
  record Tensor(Type type, long[] shape, ByteBuffer data) {
    int size() {
      long size = 1;
      for (long one : shape) {
        size *= one;
      }
      return Math.toIntExact(size);
    }

    float number(int at) {
      return switch (type) {
        case F32 -> data.getFloat(data.position() + 4 * at);
        case U8 -> data.get(data.position() + at) & 0xff;
        case I8 -> data.get(data.position() + at);
      };
    }
  }

  private Onnx() {}

  /**
   * @throws IllegalArgumentException where the bytes are no such file
   */
  static Map<String, Tensor> tensors(byte[] file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      Message model = new Message(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
      while (model.next()) {
        if (model.field == GRAPH) {
          Message graph = new Message(model.bytes);
          while (graph.next()) {
            if (graph.field == INITIALIZER) {
              add(new Message(graph.bytes), tensors);
            }
          }
        }
      }
    } catch (IndexOutOfBoundsException | BufferUnderflowException cutOff) {
      throw new IllegalArgumentException("the ONNX file is cut off", cutOff);
    }
    return tensors;
  }

  private static void add(Message message, Map<String, Tensor> to) {
    String name = "";
    Type type = null;
    long[] shape = {};
    ByteBuffer data = null;
    while (message.next()) {
      switch (message.field) {
        case DIMENSION -> {
          shape = Arrays.copyOf(shape, shape.length + 1);
          shape[shape.length - 1] = message.number;
        }
        case TYPE -> {
          for (Type one : Type.values()) {
            type = one.code == message.number ? one : type;
          }
        }
        case NAME -> name = StandardCharsets.UTF_8.decode(message.bytes.duplicate()).toString();
        case FLOATS, RAW -> data = message.bytes;
        default -> {}
      }
    }
    if (type != null && data != null) {
      Tensor tensor = new Tensor(type, shape, data);
      if (data.remaining() != (long) tensor.size() * type.bytes) {
        throw new IllegalArgumentException(name + " has another size than its shape says");
      }
      to.put(name, tensor);
    }
  }

  /** The fields of a message, one after the other. */
  private static final class Message {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final ByteBuffer in;
    private int field;
    private long number;
    private ByteBuffer bytes = NONE;

    Message(ByteBuffer in) {
      this.in = in;
    }

    boolean next() {
      if (!in.hasRemaining()) {
        return false;
      }
      long tag = varint();
      field = (int) (tag >>> 3);
      number = 0;
      bytes = NONE;
      switch ((int) (tag & 7)) {
        case VARINT -> number = varint();
        case FIXED_64 -> number = in.getLong();
        case FIXED_32 -> number = in.getInt();
        case BYTES -> {
          long length = varint();
          if (length < 0 || length > in.remaining()) {
            throw new IndexOutOfBoundsException("a field is longer than its message");
          }
          bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
          in.position(in.position() + (int) length);
        }
        default -> throw new IllegalArgumentException("this is no ONNX file");
      }
      return true;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        byte one = in.get();
        value |= (long) (one & 0x7f) << shift;
        if (one >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("this is no ONNX file");
    }
  }
}
