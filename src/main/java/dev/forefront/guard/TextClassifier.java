package dev.forefront.guard;

import dev.forefront.conversation.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The text heads of a guard as a file: a line of JSON, then the weights in one byte each, gzipped.
 * The byte is the signed root of the weight's share of its head's largest, so that small weights,
 * which are most, keep their precision.
 */
final class TextClassifier {
  /** Whether a request asks for harm. */
  static final String REQUEST = "request";

  /** Whether a text is itself harmful. */
  static final String POST = "post";

  private static final String FORMAT = "forefront-text-heads-1";
  private static final int MOST_HEADS = 64;
  private static final int MOST_HEADER = 64 * 1024;

  private TextClassifier() {}

  /** The head for a hazard of requests or posts. */
  static String head(String kind, Hazard hazard) {
    return kind + " " + hazard.name();
  }

  /** The head of each hazard that has one among these, by its number. */
  static Map<Hazard, Integer> hazards(String kind, List<String> names) {
    Map<Hazard, Integer> hazards = new EnumMap<>(Hazard.class);
    for (Hazard hazard : Hazard.values()) {
      int at = names.indexOf(head(kind, hazard));
      if (at >= 0) {
        hazards.put(hazard, at);
      }
    }
    return hazards;
  }

  static byte[] write(TextHeads heads) {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.put("format", FORMAT);
    header.put("buckets", TextFeatures.BUCKETS);
    header.put("words", TextWindow.WORDS);
    ArrayNode list = header.putArray("heads");
    float[] largest = new float[heads.size()];
    for (int head = 0; head < heads.size(); head++) {
      largest[head] = heads.largest(head);
      list.addObject()
          .put("name", heads.names().get(head))
          .put("bias", heads.bias(head))
          .put("largest", largest[head]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((header + "\n").getBytes(StandardCharsets.UTF_8));
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      byte[] row = new byte[TextFeatures.BUCKETS];
      for (int head = 0; head < heads.size(); head++) {
        for (int bucket = 0; bucket < row.length; bucket++) {
          row[bucket] = pack(heads.weight(bucket, head), largest[head]);
        }
        gzip.write(row);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /** The byte that stands for a weight. */
  static byte pack(float weight, float largest) {
    double root = largest == 0 ? 0 : Math.sqrt(Math.abs(weight) / largest);
    return (byte) Math.round(Math.signum(weight) * 127 * root);
  }

  /** The weight that a byte stands for. */
  static float unpack(byte packed, float largest) {
    float root = packed / 127f;
    return Math.signum(root) * root * root * largest;
  }

  /**
   * @param where what the bytes are called in messages
   * @throws BadInputException where they are not what {@link #write} wrote
   */
  static TextHeads read(byte[] bytes, String where) {
    try {
      int end = 0;
      while (end < Math.min(bytes.length, MOST_HEADER) && bytes[end] != '\n') {
        end++;
      }
      JsonNode header =
          JsonMapper.shared().readTree(new String(bytes, 0, end, StandardCharsets.UTF_8));
      require(header.path("format").asString("").equals(FORMAT), where, "its format is another");
      require(
          header.path("buckets").asInt(0) == TextFeatures.BUCKETS
              && header.path("words").asInt(0) == TextWindow.WORDS,
          where,
          "it was trained for other features");
      return heads(header.path("heads"), bytes, end + 1, where);
    } catch (JacksonException | IOException broken) {
      throw new BadInputException(where + " holds no text heads: " + broken.getMessage(), broken);
    }
  }

  private static TextHeads heads(JsonNode list, byte[] bytes, int from, String where)
      throws IOException {
    int size = list.size();
    require(size > 0 && size <= MOST_HEADS, where, "it has no heads, or too many");
    List<String> names = new ArrayList<>();
    float[] bias = new float[size];
    float[] weights = new float[TextFeatures.BUCKETS * size];
    byte[] row = new byte[TextFeatures.BUCKETS];
    try (GZIPInputStream gzip =
        new GZIPInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      for (int head = 0; head < size; head++) {
        names.add(list.path(head).path("name").asString(""));
        bias[head] = list.path(head).path("bias").floatValue();
        float largest = list.path(head).path("largest").floatValue();
        require(
            Float.isFinite(bias[head]) && Float.isFinite(largest), where, "a head is no number");
        require(gzip.readNBytes(row, 0, row.length) == row.length, where, "it is cut off");
        for (int bucket = 0; bucket < row.length; bucket++) {
          weights[bucket * size + head] = unpack(row[bucket], largest);
        }
      }
      require(gzip.read() < 0, where, "something follows its weights");
    }
    return new TextHeads(names, weights, bias);
  }

  private static void require(boolean sound, String where, String otherwise) {
    if (!sound) {
      throw new BadInputException(
          "%s holds no text heads that this version reads: %s; train it again with `forefront guard train`"
              .formatted(where, otherwise));
    }
  }
}
