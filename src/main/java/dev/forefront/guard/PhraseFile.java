package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A guard's {@link PhraseHead} as a file: a line of JSON, then gzipped each word (its length in
 * bytes, its letters, a byte for each direction), the size of a step in each direction, and the
 * weights as float32.
 */
final class PhraseFile {
  static final String NAME = "phrases.bin";

  private static final String FORMAT = "forefront-phrases-1";
  private static final int MOST_HEADER = 1024;
  private static final int MOST_WORDS = 200_000;
  private static final int LONGEST_WORD = 64;
  // Far beyond what training reaches; sums of products of such stay numbers.
  private static final float LARGEST = 1e4f;

  private PhraseFile() {}

  static byte[] write(PhraseHead head) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.put("format", FORMAT);
    header.put("words", head.words().size());
    header.put("width", PhraseNet.WIDTH);
    header.put("weights", PhraseNet.SIZE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((header + "\n").getBytes(StandardCharsets.UTF_8));
    try (DataOutputStream data = new DataOutputStream(new GZIPOutputStream(out))) {
      int from = 0;
      for (String word : head.words()) {
        byte[] letters = word.getBytes(StandardCharsets.UTF_8);
        data.writeByte(letters.length);
        data.write(letters);
        data.write(head.said(), from, PhraseNet.WIDTH);
        from += PhraseNet.WIDTH;
      }
      for (float step : head.steps()) {
        data.writeFloat(step);
      }
      for (float weight : head.weights()) {
        data.writeFloat(weight);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /** Whether a word can stand in the file. */
  static boolean holds(String word) {
    int length = word.getBytes(StandardCharsets.UTF_8).length;
    return length > 0 && length <= LONGEST_WORD;
  }

  /**
   * @param where what the bytes are called in messages
   * @throws BadInputException where they are not what {@link #write} wrote
   */
  static PhraseHead read(byte[] bytes, String where) {
    try {
      int end = 0;
      while (end < Math.min(bytes.length, MOST_HEADER) && bytes[end] != '\n') {
        end++;
      }
      JsonNode header =
          JsonMapper.shared().readTree(new String(bytes, 0, end, StandardCharsets.UTF_8));
      require(header.path("format").asString("").equals(FORMAT), where, "its format is another");
      require(
          header.path("width").asInt(0) == PhraseNet.WIDTH
              && header.path("weights").asInt(0) == PhraseNet.SIZE,
          where,
          "its net has another shape");
      int words = header.path("words").asInt(0);
      require(words > 0 && words <= MOST_WORDS, where, "it has no words, or too many");
      int from = Math.min(bytes.length, end + 1);
      try (DataInputStream data =
          new DataInputStream(
              new GZIPInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from)))) {
        return head(data, words, where);
      }
    } catch (JacksonException | IOException broken) {
      throw new BadInputException(
          "%s holds no phrases: %s; restore it, or train it again with `forefront guard train`"
              .formatted(where, broken.getMessage()),
          broken);
    }
  }

  private static PhraseHead head(DataInputStream data, int words, String where) throws IOException {
    List<String> read = new ArrayList<>(words);
    Set<String> known = new HashSet<>();
    byte[] said = new byte[words * PhraseNet.WIDTH];
    for (int number = 0; number < words; number++) {
      byte[] letters = new byte[data.readUnsignedByte()];
      data.readFully(letters);
      String word = new String(letters, StandardCharsets.UTF_8);
      require(holds(word) && known.add(word), where, "a word is too long, empty or there twice");
      read.add(word);
      data.readFully(said, number * PhraseNet.WIDTH, PhraseNet.WIDTH);
    }
    float[] steps = numbers(data, PhraseNet.WIDTH, where);
    float[] weights = numbers(data, PhraseNet.SIZE, where);
    require(data.read() < 0, where, "something follows its weights");
    return new PhraseHead(read, said, steps, weights);
  }

  private static float[] numbers(DataInputStream data, int size, String where) throws IOException {
    float[] numbers = new float[size];
    for (int at = 0; at < size; at++) {
      numbers[at] = data.readFloat();
      require(Math.abs(numbers[at]) <= LARGEST, where, "a weight is no number, or too large");
    }
    return numbers;
  }

  private static void require(boolean sound, String where, String otherwise) {
    if (!sound) {
      throw new BadInputException(
          "%s holds no phrases that this version reads: %s; train it again with `forefront guard train`"
              .formatted(where, otherwise));
    }
  }
}
