package dev.forefront.guard;

import dev.forefront.generate.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A guard's {@link EncoderHead} as a file: a line of JSON with its shape, then each piece of a word
 * (its length in bytes, its letters), and the weights in the order of {@link #layout}: matrices in
 * eight bits with a float32 for each row before them, vectors as float32.
 */
final class EncoderFile {
  static final String NAME = "encoder.bin";

  /** What answers, from the mean of the last layer. */
  static final String ANSWER = "answer.weight";

  static final String BIAS = "answer.bias";

  private static final String FORMAT = "forefront-encoder-1";
  private static final String WORDS = "embeddings.word_embeddings.weight";
  private static final int MOST_PIECES = 100_000;
  private static final int MOST_NUMBERS = 1 << 27;

  private EncoderFile() {}

  /**
   * @param words a row for each piece
   * @param others by name, matrices in eight bits and vectors as they are
   */
  record Weights(
      Encoder.Shape shape,
      List<String> pieces,
      Steps words,
      Map<String, Steps> matrices,
      Map<String, float[]> vectors) {

    /** A weight's numbers by its name. */
    float[] numbers(String name) {
      Steps matrix = matrices.get(name);
      float[] vector = vectors.get(name);
      if (matrix != null) {
        return matrix.numbers();
      }
      if (vector == null) {
        throw new IllegalArgumentException("there is no weight " + name);
      }
      return vector;
    }
  }

  /** Puts trained numbers into as many bits as the file has. */
  static Weights weights(Encoder.Shape shape, List<String> pieces, Map<String, float[]> trained) {
    Map<String, Steps> matrices = new LinkedHashMap<>();
    Map<String, float[]> vectors = new LinkedHashMap<>();
    layout(shape)
        .forEach(
            (name, size) -> {
              float[] numbers = trained.get(name);
              if (numbers == null || numbers.length < size.numbers()) {
                throw new IllegalArgumentException(name + " is missing or too short");
              }
              if (size.rows() > 0) {
                matrices.put(name, Steps.of(Arrays.copyOf(numbers, size.numbers()), size.rows()));
              } else {
                vectors.put(name, numbers);
              }
            });
    float[] words = trained.getOrDefault(WORDS, new float[0]);
    return new Weights(shape, pieces, Steps.of(words, pieces.size()), matrices, vectors);
  }

  private static Map<String, Encoder.Size> layout(Encoder.Shape shape) {
    Map<String, Encoder.Size> sizes = new LinkedHashMap<>(Encoder.layout(shape));
    sizes.put(ANSWER, new Encoder.Size(0, shape.width()));
    sizes.put(BIAS, new Encoder.Size(0, 1));
    return sizes;
  }

  static byte[] write(EncoderHead head) {
    Weights weights = head.weights();
    Encoder.Shape shape = weights.shape();
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.put("pieces", weights.pieces().size());
    header.put("positions", shape.positions());
    header.put("width", shape.width());
    header.put("heads", shape.heads());
    header.put("inner", shape.inner());
    header.put("layers", shape.layers());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WeightsFile.begin(out, FORMAT, header);
    try (DataOutputStream data = new DataOutputStream(out)) {
      for (String piece : weights.pieces()) {
        byte[] letters = piece.getBytes(StandardCharsets.UTF_8);
        data.writeByte(letters.length);
        data.write(letters);
      }
      write(data, weights.words());
      for (Map.Entry<String, Encoder.Size> one : layout(shape).entrySet()) {
        Steps matrix = weights.matrices().get(one.getKey());
        if (matrix != null) {
          write(data, matrix);
        } else {
          write(data, weights.numbers(one.getKey()));
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static void write(DataOutputStream data, Steps matrix) throws IOException {
    write(data, matrix.steps());
    data.write(matrix.codes());
  }

  private static void write(DataOutputStream data, float[] numbers) throws IOException {
    for (float number : numbers) {
      data.writeFloat(number);
    }
  }

  /**
   * @param where what the bytes are called in messages
   * @throws dev.forefront.conversation.BadInputException where they are not what {@link #write}
   *     wrote
   */
  static EncoderHead read(byte[] bytes, String where) {
    return WeightsFile.read(
        bytes, where, FORMAT, "encoder", "forefront guard train", EncoderFile::head);
  }

  private static EncoderHead head(WeightsFile file) throws IOException {
    JsonNode header = file.header();
    int count = header.path("pieces").asInt(0);
    WeightsFile.require(count > 0 && count <= MOST_PIECES, "it has no pieces, or too many");
    Encoder.Shape shape =
        new Encoder.Shape(
            header.path("positions").asInt(0),
            header.path("width").asInt(0),
            header.path("heads").asInt(0),
            header.path("inner").asInt(0),
            header.path("layers").asInt(-1));
    int room = file.bytes().length - file.from();
    WeightsFile.require(bytes(shape, count) <= room, "it is shorter than its shape says");
    DataInputStream data = new DataInputStream(file.weights());
    List<String> pieces = new ArrayList<>(count);
    for (int piece = 0; piece < count; piece++) {
      pieces.add(new String(data.readNBytes(data.readUnsignedByte()), StandardCharsets.UTF_8));
    }
    Steps words = steps(data, count, count * shape.width());
    Map<String, Steps> matrices = new LinkedHashMap<>();
    Map<String, float[]> vectors = new LinkedHashMap<>();
    for (Map.Entry<String, Encoder.Size> one : layout(shape).entrySet()) {
      Encoder.Size size = one.getValue();
      if (size.rows() > 0) {
        matrices.put(one.getKey(), steps(data, size.rows(), size.numbers()));
      } else {
        vectors.put(one.getKey(), WeightsFile.numbers(data, size.numbers()));
      }
    }
    WeightsFile.require(data.read() < 0, "something follows its weights");
    return new EncoderHead(new Weights(shape, pieces, words, matrices, vectors));
  }

  /** At least so many bytes hold the weights; what is too large for an array is too much. */
  private static long bytes(Encoder.Shape shape, int pieces) {
    double matrices =
        (double) shape.width() * (pieces + shape.positions())
            + (double) shape.layers() * shape.width() * (4.0 * shape.width() + 2.0 * shape.inner());
    WeightsFile.require(matrices <= MOST_NUMBERS, "its shape is too large");
    return (long) matrices;
  }

  private static Steps steps(DataInputStream data, int rows, int numbers) throws IOException {
    float[] steps = WeightsFile.numbers(data, rows);
    byte[] codes = new byte[numbers];
    data.readFully(codes);
    return new Steps(codes, steps);
  }
}
