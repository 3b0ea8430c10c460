package dev.forefront.generate;

import dev.forefront.conversation.Loading;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.Trait;
import dev.forefront.model.WeightNames;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model's numbers, laid out for the kernels; read-only, shared by all threads. */
final class Weights {

  /** One layer's. Shapes as in the file; norms that the architecture does not have are null. */
  record Layer(
      float @Nullable [] attentionNorm,
      Panels query,
      Panels key,
      Panels value,
      float @Nullable [] bias,
      float @Nullable [] queryNorm,
      float @Nullable [] keyNorm,
      Panels out,
      float @Nullable [] afterAttention,
      float @Nullable [] feedForwardNorm,
      Panels gate,
      Panels up,
      Panels down,
      float @Nullable [] afterFeedForward) {}

  private final ModelConfig config;
  private final float[] embedding;
  private final Layer[] layers;
  private final float[] norm;
  private final Panels head;

  private Weights(ModelWeights files) {
    config = files.config();
    WeightNames names = files.names();
    int width = config.hiddenSize();
    embedding = files.floats(names.embedding());
    layers = new Layer[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = layer(files, i);
    }
    norm = norm(files, names.norm());
    float[] output = config.tied() ? embedding : files.floats(names.head());
    head = new Panels(output, 0, config.vocabularySize(), width);
  }

  /**
   * @param model a folder or a GGUF file
   * @throws dev.forefront.conversation.BadInputException where a tensor is missing or misshapen
   */
  static Weights load(Path model, Loading loading) {
    try (ModelWeights files = ModelWeights.open(model, loading)) {
      return new Weights(files);
    }
  }

  /** Of files that are open; they are not needed afterwards. */
  static Weights of(ModelWeights files) {
    return new Weights(files);
  }

  ModelConfig config() {
    return config;
  }

  /** {@code [vocabulary, width]} row-major. */
  float[] embedding() {
    return embedding;
  }

  Layer layer(int i) {
    return layers[i];
  }

  float[] norm() {
    return norm;
  }

  Panels head() {
    return head;
  }

  private Layer layer(ModelWeights files, int layer) {
    WeightNames names = files.names();
    int width = config.hiddenSize();
    int queries = config.heads() * config.headSize();
    int keys = config.keyValueHeads() * config.headSize();
    int inner = config.intermediateSize();
    float[] qkv = files.floats(names.qkv(layer));
    float[] gateUp = files.floats(names.gateUp(layer));
    return new Layer(
        optionalNorm(files, names.attentionNorm(layer)),
        new Panels(qkv, 0, queries, width),
        new Panels(qkv, queries, keys, width),
        new Panels(qkv, queries + keys, keys, width),
        names.qkvBias(layer).isEmpty() ? null : files.floats(names.qkvBias(layer)),
        optionalNorm(files, names.queryNorm(layer)),
        optionalNorm(files, names.keyNorm(layer)),
        new Panels(files.floats(names.out(layer)), 0, width, queries),
        optionalNorm(files, names.afterAttention(layer)),
        optionalNorm(files, names.feedForwardNorm(layer)),
        new Panels(gateUp, 0, inner, width),
        new Panels(gateUp, inner, inner, width),
        new Panels(files.floats(names.down(layer)), 0, width, inner),
        optionalNorm(files, names.afterFeedForward(layer)));
  }

  private float @Nullable [] optionalNorm(ModelWeights files, List<WeightNames.Part> parts) {
    return parts.isEmpty() ? null : norm(files, parts);
  }

  /** What a norm multiplies by. */
  private float[] norm(ModelWeights files, List<WeightNames.Part> parts) {
    float[] weight = files.floats(parts);
    if (config.architecture().has(Trait.SHIFTED_NORM)) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] += 1;
      }
    }
    return weight;
  }
}
