package dev.forefront.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
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
    WeightsFile.begin(out, FORMAT, header);
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
   * @throws dev.forefront.conversation.BadInputException where they are not what {@link #write}
   *     wrote
   */
  static TextHeads read(byte[] bytes, String where) {
    return WeightsFile.read(
        bytes, where, FORMAT, "text heads", "forefront guard train", TextClassifier::heads);
  }

  private static TextHeads heads(WeightsFile file) throws IOException {
    JsonNode header = file.header();
    WeightsFile.require(
        header.path("buckets").asInt(0) == TextFeatures.BUCKETS
            && header.path("words").asInt(0) == TextWindow.WORDS,
        "it was trained for other features");
    JsonNode list = header.path("heads");
    int size = list.size();
    WeightsFile.require(size > 0 && size <= MOST_HEADS, "it has no heads, or too many");
    List<String> names = new ArrayList<>();
    float[] bias = new float[size];
    float[] weights = new float[TextFeatures.BUCKETS * size];
    byte[] row = new byte[TextFeatures.BUCKETS];
    try (GZIPInputStream gzip = new GZIPInputStream(file.weights())) {
      for (int head = 0; head < size; head++) {
        names.add(list.path(head).path("name").asString(""));
        bias[head] = list.path(head).path("bias").floatValue();
        float largest = list.path(head).path("largest").floatValue();
        WeightsFile.require(
            Float.isFinite(bias[head]) && Float.isFinite(largest), "a head is no number");
        WeightsFile.require(gzip.readNBytes(row, 0, row.length) == row.length, "it is cut off");
        for (int bucket = 0; bucket < row.length; bucket++) {
          weights[bucket * size + head] = unpack(row[bucket], largest);
        }
      }
      WeightsFile.require(gzip.read() < 0, "something follows its weights");
    }
    return new TextHeads(names, weights, bias);
  }
}
