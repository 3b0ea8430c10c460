package dev.forefront.generate;

import dev.forefront.conversation.Loading;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.SafeTensors;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model's numbers, laid out for the kernels; read-only, shared by all threads. */
final class Weights {

  /** One layer's. Shapes as in the file. */
  record Layer(
      float[] attentionNorm,
      Panels query,
      Panels key,
      Panels value,
      float @Nullable [] bias,
      float @Nullable [] queryNorm,
      float @Nullable [] keyNorm,
      Panels out,
      float[] feedForwardNorm,
      Panels gate,
      Panels up,
      Panels down) {}

  private final ModelConfig config;
  private final float[] embedding;
  private final Layer[] layers;
  private final float[] norm;
  private final Panels head;

  private Weights(ModelConfig config, SafeTensors file) {
    this.config = config;
    int width = config.hiddenSize();
    embedding = file.entry("model.embed_tokens.weight", config.vocabularySize(), width).floats();
    layers = new Layer[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = layer(file, "model.layers." + i + ".");
    }
    norm = file.entry("model.norm.weight", width).floats();
    head =
        config.tied()
            ? new Panels(embedding, config.vocabularySize(), width)
            : panels(file, "lm_head.weight", config.vocabularySize(), width);
  }

  /**
   * @throws dev.forefront.conversation.BadInputException where a tensor is missing or misshapen
   */
  static Weights load(Path folder, Loading loading) {
    ModelConfig config = ModelFolder.config(folder, loading);
    try (SafeTensors file = ModelFolder.weights(folder, loading)) {
      return new Weights(config, file);
    }
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

  private Layer layer(SafeTensors file, String in) {
    int width = config.hiddenSize();
    int queries = config.heads() * config.headSize();
    int keys = config.keyValueHeads() * config.headSize();
    int inner = config.intermediateSize();
    boolean norms = config.architecture().headNorm();
    return new Layer(
        file.entry(in + "input_layernorm.weight", width).floats(),
        panels(file, in + "self_attn.q_proj.weight", queries, width),
        panels(file, in + "self_attn.k_proj.weight", keys, width),
        panels(file, in + "self_attn.v_proj.weight", keys, width),
        config.architecture().attentionBias() ? bias(file, in, queries, keys) : null,
        norms ? file.entry(in + "self_attn.q_norm.weight", config.headSize()).floats() : null,
        norms ? file.entry(in + "self_attn.k_norm.weight", config.headSize()).floats() : null,
        panels(file, in + "self_attn.o_proj.weight", width, queries),
        file.entry(in + "post_attention_layernorm.weight", width).floats(),
        panels(file, in + "mlp.gate_proj.weight", inner, width),
        panels(file, in + "mlp.up_proj.weight", inner, width),
        panels(file, in + "mlp.down_proj.weight", width, inner));
  }

  private static float[] bias(SafeTensors file, String in, int queries, int keys) {
    float[] all = new float[queries + 2 * keys];
    System.arraycopy(
        file.entry(in + "self_attn.q_proj.bias", queries).floats(), 0, all, 0, queries);
    System.arraycopy(
        file.entry(in + "self_attn.k_proj.bias", keys).floats(), 0, all, queries, keys);
    System.arraycopy(
        file.entry(in + "self_attn.v_proj.bias", keys).floats(), 0, all, queries + keys, keys);
    return all;
  }

  private static Panels panels(SafeTensors file, String name, int outputs, int inputs) {
    return new Panels(file.entry(name, outputs, inputs).floats(), outputs, inputs);
  }
}
