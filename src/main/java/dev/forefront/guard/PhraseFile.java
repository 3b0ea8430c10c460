package dev.forefront.guard;

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
  private static final int MOST_WORDS = 200_000;
  private static final int LONGEST_WORD = 64;

  private PhraseFile() {}

  static byte[] write(PhraseHead head) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.put("words", head.words().size());
    header.put("width", PhraseNet.WIDTH);
    header.put("weights", PhraseNet.SIZE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WeightsFile.begin(out, FORMAT, header);
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
   * @throws dev.forefront.conversation.BadInputException where they are not what {@link #write}
   *     wrote
   */
  static PhraseHead read(byte[] bytes, String where) {
    return WeightsFile.read(
        bytes, where, FORMAT, "phrases", "forefront guard train", PhraseFile::head);
  }

  private static PhraseHead head(WeightsFile file) throws IOException {
    JsonNode header = file.header();
    WeightsFile.require(
        header.path("width").asInt(0) == PhraseNet.WIDTH
            && header.path("weights").asInt(0) == PhraseNet.SIZE,
        "its net has another shape");
    int words = header.path("words").asInt(0);
    WeightsFile.require(words > 0 && words <= MOST_WORDS, "it has no words, or too many");
    try (DataInputStream data = new DataInputStream(new GZIPInputStream(file.weights()))) {
      return head(data, words);
    }
  }

  private static PhraseHead head(DataInputStream data, int words) throws IOException {
    List<String> read = new ArrayList<>(words);
    Set<String> known = new HashSet<>();
    byte[] said = new byte[words * PhraseNet.WIDTH];
    for (int number = 0; number < words; number++) {
      byte[] letters = new byte[data.readUnsignedByte()];
      data.readFully(letters);
      String word = new String(letters, StandardCharsets.UTF_8);
      WeightsFile.require(
          holds(word) && known.add(word), "a word is too long, empty or there twice");
      read.add(word);
      data.readFully(said, number * PhraseNet.WIDTH, PhraseNet.WIDTH);
    }
    float[] steps = WeightsFile.numbers(data, PhraseNet.WIDTH);
    float[] weights = WeightsFile.numbers(data, PhraseNet.SIZE);
    WeightsFile.require(data.read() < 0, "something follows its weights");
    return new PhraseHead(read, said, steps, weights);
  }
}
