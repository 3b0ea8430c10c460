package dev.forefront.guard;

import dev.forefront.conversation.Probe;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A guard's probe as a file: a line of JSON, then the biases and the weights {@code [layers, heads,
 * width]} as little-endian float32.
 */
final class ProbeFile {
  static final String NAME = "probe.bin";

  private static final String FORMAT = "forefront-probe-1";
  private static final int MOST_HEADS = 64;

  private ProbeFile() {}

  /**
   * A probe whose heads have names.
   *
   * @param names one for each head, as {@link TextClassifier} names them, with {@link Probes#REPLY}
   *     for replies
   */
  record Named(Probe probe, List<String> names) {
    Named {
      names = List.copyOf(names);
      if (names.size() != probe.heads()) {
        throw new IllegalArgumentException("every head of a probe has a name");
      }
    }
  }

  static byte[] write(Named named) {
    Probe probe = named.probe();
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.put("model", probe.model());
    header.put("dtype", probe.dtype());
    header.put("width", probe.width());
    ArrayNode layers = header.putArray("layers");
    probe.layers().forEach(layers::add);
    ArrayNode names = header.putArray("heads");
    named.names().forEach(names::add);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WeightsFile.begin(out, FORMAT, header);
    out.writeBytes(bytes(probe.bias()));
    for (int at = 0; at < probe.layers().size(); at++) {
      out.writeBytes(bytes(probe.weights(at)));
    }
    return out.toByteArray();
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /**
   * @param where what the bytes are called in messages
   * @throws dev.forefront.conversation.BadInputException where they are not what {@link #write}
   *     wrote, or hold no numbers
   */
  static Named read(byte[] bytes, String where) {
    return WeightsFile.read(
        bytes, where, FORMAT, "probe", "forefront guard train --model", ProbeFile::named);
  }

  private static Named named(WeightsFile file) {
    JsonNode header = file.header();
    ByteBuffer bytes =
        ByteBuffer.wrap(file.bytes(), file.from(), file.bytes().length - file.from());
    List<Integer> layers = new ArrayList<>();
    header.path("layers").forEach(layer -> layers.add(layer.asInt(-1)));
    List<String> names = new ArrayList<>();
    header.path("heads").forEach(name -> names.add(name.asString("")));
    int width = header.path("width").asInt(0);
    long weights = (long) layers.size() * names.size() * width;
    WeightsFile.require(
        names.size() <= MOST_HEADS && bytes.remaining() == 4 * (weights + names.size()),
        "its numbers do not fit its heads");
    FloatBuffer numbers = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] bias = new float[names.size()];
    numbers.get(bias);
    float[] rest = new float[numbers.remaining()];
    numbers.get(rest);
    return new Named(
        new Probe(
            header.path("model").asString(""),
            header.path("dtype").asString(""),
            layers,
            width,
            bias,
            rest),
        names);
  }
}
