package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of weights: a line of JSON, which names its format, and the weights after it.
 *
 * @param from where the weights begin
 */
record WeightsFile(JsonNode header, byte[] bytes, int from) {
  private static final int MOST_HEADER = 64 * 1024;
  // Far beyond what training reaches; sums of products of such stay numbers.
  private static final float LARGEST = 1e4f;

  /** How a kind of weights is read, once its header is. */
  @FunctionalInterface
  interface Reading<T> {
    /**
     * @throws IllegalArgumentException with what is wrong, as does reading beyond the end
     */
    T of(WeightsFile file) throws IOException;
  }

  /** The line that a file begins with; the weights follow. */
  static void begin(ByteArrayOutputStream out, String format, ObjectNode header) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("format", format);
    line.setAll(header);
    out.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a file.
   *
   * @param where what the bytes are called in messages
   * @param what they hold, in words
   * @param remedy a command that writes such a file
   * @throws BadInputException where they are of another format, cut off, or hold no numbers
   */
  static <T> T read(
      byte[] bytes, String where, String format, String what, String remedy, Reading<T> reading) {
    try {
      int end = 0;
      while (end < Math.min(bytes.length, MOST_HEADER) && bytes[end] != '\n') {
        end++;
      }
      JsonNode header =
          JsonMapper.shared().readTree(new String(bytes, 0, end, StandardCharsets.UTF_8));
      require(header.path("format").asString("").equals(format), "its format is another");
      return reading.of(new WeightsFile(header, bytes, Math.min(bytes.length, end + 1)));
    } catch (JacksonException
        | IOException
        | IllegalArgumentException
        | IndexOutOfBoundsException broken) {
      String why = broken instanceof EOFException ? "it is cut off" : broken.getMessage();
      throw new BadInputException(
          "%s holds no %s that this version reads: %s; restore it, or train it again with `%s`"
              .formatted(where, what, why, remedy),
          broken);
    }
  }

  static void require(boolean sound, String otherwise) {
    if (!sound) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /**
   * Numbers as float32.
   *
   * @throws IllegalArgumentException where one is none, or too large
   */
  static float[] numbers(DataInputStream data, int size) throws IOException {
    float[] numbers = new float[size];
    for (int at = 0; at < size; at++) {
      numbers[at] = data.readFloat();
      require(Math.abs(numbers[at]) <= LARGEST, "a weight is no number, or too large");
    }
    return numbers;
  }

  /** What follows the header. */
  InputStream weights() {
    return new ByteArrayInputStream(bytes, from, bytes.length - from);
  }
}
