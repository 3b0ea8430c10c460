package dev.forefront.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Hugging Face's names and shapes of all weights, in the order in which this house holds them.
 * Parts in one list lie in one tensor, one below the other.
 */
final class WeightNames {

  /** One tensor of the file. */
  record Part(String name, long... shape) {
    long count() {
      long count = 1;
      for (long size : shape) {
        count *= size;
      }
      return count;
    }

    boolean isNorm() {
      return name.endsWith("norm.weight");
    }

    boolean isBias() {
      return name.endsWith(".bias");
    }

    Transformer.Kind kind() {
      if (shape.length == 1) {
        return Transformer.Kind.VECTOR;
      }
      return name.startsWith("model.layers.") ? Transformer.Kind.MATRIX : Transformer.Kind.TABLE;
    }

    boolean writesResidual() {
      return name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    }
  }

  /** Where the numbers come from: a file or a random generator. */
  @FunctionalInterface
  interface Source {
    float[] values(Part part);
  }

  private final ModelConfig config;

  WeightNames(ModelConfig config) {
    this.config = config;
  }

  /** All tensors in the order of {@link Transformer#parameters}. */
  List<List<Part>> inOrder() {
    List<List<Part>> all = new ArrayList<>();
    all.add(embedding());
    for (int layer = 0; layer < config.layers(); layer++) {
      all.add(attentionNorm(layer));
      all.add(qkv(layer));
      all.add(qkvBias(layer));
      all.add(queryNorm(layer));
      all.add(keyNorm(layer));
      all.add(out(layer));
      all.add(feedForwardNorm(layer));
      all.add(gateUp(layer));
      all.add(down(layer));
    }
    all.add(norm());
    if (!config.tied()) {
      all.add(head());
    }
    all.removeIf(List::isEmpty);
    return all;
  }

  List<Part> embedding() {
    return of("model.embed_tokens.weight", config.vocabularySize(), config.hiddenSize());
  }

  List<Part> norm() {
    return of("model.norm.weight", config.hiddenSize());
  }

  List<Part> head() {
    return of("lm_head.weight", config.vocabularySize(), config.hiddenSize());
  }

  List<Part> attentionNorm(int layer) {
    return of(in(layer, "input_layernorm.weight"), config.hiddenSize());
  }

  List<Part> feedForwardNorm(int layer) {
    return of(in(layer, "post_attention_layernorm.weight"), config.hiddenSize());
  }

  List<Part> qkv(int layer) {
    return List.of(
        new Part(in(layer, "self_attn.q_proj.weight"), queryWidth(), config.hiddenSize()),
        new Part(in(layer, "self_attn.k_proj.weight"), keyWidth(), config.hiddenSize()),
        new Part(in(layer, "self_attn.v_proj.weight"), keyWidth(), config.hiddenSize()));
  }

  List<Part> qkvBias(int layer) {
    if (!config.architecture().attentionBias()) {
      return List.of();
    }
    return List.of(
        new Part(in(layer, "self_attn.q_proj.bias"), queryWidth()),
        new Part(in(layer, "self_attn.k_proj.bias"), keyWidth()),
        new Part(in(layer, "self_attn.v_proj.bias"), keyWidth()));
  }

  List<Part> queryNorm(int layer) {
    return config.architecture().headNorm()
        ? of(in(layer, "self_attn.q_norm.weight"), config.headSize())
        : List.of();
  }

  List<Part> keyNorm(int layer) {
    return config.architecture().headNorm()
        ? of(in(layer, "self_attn.k_norm.weight"), config.headSize())
        : List.of();
  }

  List<Part> out(int layer) {
    return of(in(layer, "self_attn.o_proj.weight"), config.hiddenSize(), queryWidth());
  }

  List<Part> gateUp(int layer) {
    return List.of(
        new Part(in(layer, "mlp.gate_proj.weight"), config.intermediateSize(), config.hiddenSize()),
        new Part(in(layer, "mlp.up_proj.weight"), config.intermediateSize(), config.hiddenSize()));
  }

  List<Part> down(int layer) {
    return of(in(layer, "mlp.down_proj.weight"), config.hiddenSize(), config.intermediateSize());
  }

  /** The shape of parts laid one below the other. */
  static long[] joined(List<Part> parts) {
    long[] shape = parts.getFirst().shape().clone();
    shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
    return shape;
  }

  private long queryWidth() {
    return (long) config.heads() * config.headSize();
  }

  private long keyWidth() {
    return (long) config.keyValueHeads() * config.headSize();
  }

  private static List<Part> of(String name, long... shape) {
    return List.of(new Part(name, shape));
  }

  private static String in(int layer, String name) {
    return "model.layers." + layer + "." + name;
  }
}
