package dev.forefront.model;

import dev.forefront.conversation.Sha256;
import dev.forefront.model.Bert.Norm;
import dev.forefront.model.Bert.Product;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The encoder of sentences that a {@link Bert} begins with: bge-small-en-v1.5 of the Beijing
 * Academy of Artificial Intelligence (MIT), in eight bits, as langchain4j's artifact holds it. What
 * it is made of is checked against the digest that was measured.
 *
 * @param pieces of words, by id; those within a word begin with {@code ##}
 * @param weights row-major numbers by {@link Bert}'s names
 */
public record BgeSmall(BertShape shape, List<String> pieces, Map<String, float[]> weights) {
  public static final String NAME = "bge-small-en-v1.5";

  /** Of the ONNX file. */
  public static final String DIGEST =
      "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4";

  private static final String WEIGHTS = "/bge-small-en-v1.5-q.onnx";
  private static final String TOKENIZER = "/bge-small-en-v1.5-q-tokenizer.json";
  private static final String TYPES = "embeddings.token_type_embeddings.weight";
  private static final String QUANTIZED = "_quantized";
  private static final String MATRIX = "onnx::MatMul_";
  private static final int WIDTH = 384;
  private static final int HEADS = 12;
  private static final int LAYERS = 12;
  private static final int POSITIONS = 512;

  public BgeSmall {
    pieces = List.copyOf(pieces);
    weights = Map.copyOf(weights);
  }

  /**
   * Reads it from the class path.
   *
   * @throws IllegalStateException where the artifact is missing or another one
   */
  public static BgeSmall open() {
    byte[] file = resource(WEIGHTS);
    if (!Sha256.hex(file).equals(DIGEST)) {
      throw new IllegalStateException(WEIGHTS + " is not the file that was measured");
    }
    List<String> pieces = pieces(JsonMapper.shared().readTree(resource(TOKENIZER)));
    Map<String, Onnx.Tensor> tensors = Onnx.tensors(file);
    BertShape shape = new BertShape(pieces.size(), POSITIONS, WIDTH, HEADS, 4 * WIDTH, LAYERS);
    return new BgeSmall(shape, pieces, weights(shape, tensors));
  }

  private static Map<String, float[]> weights(BertShape shape, Map<String, Onnx.Tensor> tensors) {
    Map<String, float[]> weights = new HashMap<>();
    weights.put(Bert.WORDS, numbers(tensors, Bert.WORDS));
    float[] positions = numbers(tensors, Bert.POSITIONS);
    float[] types = numbers(tensors, TYPES);
    for (int at = 0; at < positions.length; at++) {
      // A text alone is of the first kind.
      positions[at] += types[at % shape.width()];
    }
    weights.put(Bert.POSITIONS, positions);
    vectors(Bert.NORM, tensors, weights);
    // Products stand in the order in which they are made, under numbers alone.
    Iterator<String> matrices =
        tensors.keySet().stream()
            .filter(name -> name.startsWith(MATRIX) && name.endsWith(QUANTIZED))
            .map(name -> name.substring(0, name.length() - QUANTIZED.length()))
            .iterator();
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (Product one : Product.values()) {
        String name = one.name(layer);
        int outputs = one.outputs(shape);
        weights.put(name + ".weight", turned(numbers(tensors, matrices.next()), outputs));
        weights.put(name + ".bias", numbers(tensors, name + ".bias"));
      }
      for (Norm one : Norm.values()) {
        vectors(one.name(layer), tensors, weights);
      }
    }
    return weights;
  }

  private static void vectors(
      String name, Map<String, Onnx.Tensor> tensors, Map<String, float[]> to) {
    for (String part : List.of(".weight", ".bias")) {
      to.put(name + part, numbers(tensors, name + part));
    }
  }

  /** A tensor's numbers, whether they stand there as such or as codes with a scale. */
  private static float[] numbers(Map<String, Onnx.Tensor> tensors, String name) {
    Onnx.Tensor plain = tensors.get(name);
    if (plain != null) {
      float[] numbers = new float[plain.size()];
      for (int at = 0; at < numbers.length; at++) {
        numbers[at] = plain.number(at);
      }
      return numbers;
    }
    Onnx.Tensor codes = need(tensors, name + QUANTIZED);
    Onnx.Tensor scales = need(tensors, name + "_scale");
    Onnx.Tensor zeros = tensors.get(name + "_zero_point");
    float[] numbers = new float[codes.size()];
    int columns = scales.size();
    for (int at = 0; at < numbers.length; at++) {
      float zero = zeros == null ? 0 : zeros.number(at % columns);
      numbers[at] = (codes.number(at) - zero) * scales.number(at % columns);
    }
    return numbers;
  }

  private static Onnx.Tensor need(Map<String, Onnx.Tensor> tensors, String name) {
    Onnx.Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException(WEIGHTS + " has no " + name);
    }
    return tensor;
  }

  /** {@code [inputs, outputs]} as {@code [outputs, inputs]}. */
  private static float[] turned(float[] matrix, int outputs) {
    int inputs = matrix.length / outputs;
    float[] turned = new float[matrix.length];
    for (int input = 0; input < inputs; input++) {
      for (int output = 0; output < outputs; output++) {
        turned[output * inputs + input] = matrix[input * outputs + output];
      }
    }
    return turned;
  }

  private static List<String> pieces(JsonNode tokenizer) {
    Map<Integer, String> byId = new TreeMap<>();
    tokenizer
        .path("model")
        .path("vocab")
        .properties()
        .forEach(piece -> byId.put(piece.getValue().asInt(), piece.getKey()));
    return List.copyOf(byId.values());
  }

  private static byte[] resource(String name) {
    try (@Nullable InputStream stream = BgeSmall.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return stream.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
