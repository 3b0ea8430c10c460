package dev.forefront.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small encoder with random weights, and what PyTorch computed by it. */
public final class SmallEncoder {
  private final JsonNode root;

  /**
   * @param states row by row
   */
  public record Case(int[] ids, float[] states, float[] mean) {}

  public SmallEncoder() {
    try (InputStream stream =
        Objects.requireNonNull(
            SmallEncoder.class.getResourceAsStream("/reference-own/encoder/encoder.json"))) {
      root = JsonMapper.shared().readTree(stream.readAllBytes());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  public BertShape shape() {
    JsonNode shape = root.path("shape");
    return new BertShape(
        shape.path("vocabulary").asInt(),
        shape.path("positions").asInt(),
        shape.path("width").asInt(),
        shape.path("heads").asInt(),
        shape.path("inner").asInt(),
        shape.path("layers").asInt());
  }

  public List<String> names() {
    return List.copyOf(root.path("weights").propertyNames());
  }

  public float[] weight(String name) {
    return numbers(root.path("weights").path(name));
  }

  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonNode one : root.path("cases")) {
      float[] ids = numbers(one.path("ids"));
      int[] whole = new int[ids.length];
      for (int at = 0; at < ids.length; at++) {
        whole[at] = (int) ids[at];
      }
      cases.add(new Case(whole, numbers(one.path("states")), numbers(one.path("mean"))));
    }
    return cases;
  }

  private static float[] numbers(JsonNode array) {
    float[] numbers = new float[array.size()];
    for (int at = 0; at < numbers.length; at++) {
      numbers[at] = array.get(at).floatValue();
    }
    return numbers;
  }
}
