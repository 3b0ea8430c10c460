package dev.forefront.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Hugging Face's names and shapes of all weights, in the order in which this house holds them.
 * Parts in one list lie in one tensor, one below the other.
 */
public final class WeightNames {

  /**
   * One tensor of the file.
   *
   * @param name Hugging Face's
   * @param gguf its name in a GGUF file
   */
  public record Part(String name, String gguf, long... shape) {
    /** Numbers in it. */
    public long count() {
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

    boolean isQueryOrKey() {
      return name.contains(".q_proj.") || name.contains(".k_proj.");
    }
  }

  /** Where the numbers come from: a file or a random generator. */
  @FunctionalInterface
  interface Source {
    float[] values(Part part);
  }

  static final String REWARD = "score.weight";

  private final ModelConfig config;

  WeightNames(ModelConfig config) {
    this.config = config;
  }

  /** All tensors in the order of {@link Transformer#parameters}. */
  public List<List<Part>> inOrder() {
    List<List<Part>> all = new ArrayList<>();
    all.add(embedding());
    for (int layer = 0; layer < config.layers(); layer++) {
      all.add(attentionNorm(layer));
      all.add(qkv(layer));
      all.add(qkvBias(layer));
      all.add(queryNorm(layer));
      all.add(keyNorm(layer));
      all.add(out(layer));
      all.add(afterAttention(layer));
      all.add(feedForwardNorm(layer));
      all.add(gateUp(layer));
      all.add(down(layer));
      all.add(afterFeedForward(layer));
    }
    all.add(norm());
    all.add(head());
    all.removeIf(List::isEmpty);
    return all;
  }

  public List<Part> embedding() {
    return of(
        "model.embed_tokens.weight",
        "token_embd.weight",
        config.vocabularySize(),
        config.hiddenSize());
  }

  public List<Part> norm() {
    return of("model.norm.weight", "output_norm.weight", config.hiddenSize());
  }

  /** Empty where the embedding is the head. */
  public List<Part> head() {
    return switch (config.head()) {
      case TIED -> List.of();
      case OWN ->
          of("lm_head.weight", "output.weight", config.vocabularySize(), config.hiddenSize());
      case REWARD -> of(REWARD, "cls.output.weight", 1, config.hiddenSize());
    };
  }

  public List<Part> attentionNorm(int layer) {
    return has(Trait.NORM_BEFORE)
        ? in(layer, "input_layernorm.weight", "attn_norm.weight", config.hiddenSize())
        : List.of();
  }

  public List<Part> afterAttention(int layer) {
    return has(Trait.NORM_AFTER)
        ? in(
            layer,
            "post_attention_layernorm.weight",
            "post_attention_norm.weight",
            config.hiddenSize())
        : List.of();
  }

  public List<Part> feedForwardNorm(int layer) {
    if (!has(Trait.NORM_BEFORE)) {
      return List.of();
    }
    String name = has(Trait.NORM_AFTER) ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    return in(layer, name + ".weight", "ffn_norm.weight", config.hiddenSize());
  }

  public List<Part> afterFeedForward(int layer) {
    return has(Trait.NORM_AFTER)
        ? in(
            layer, "post_feedforward_layernorm.weight", "post_ffw_norm.weight", config.hiddenSize())
        : List.of();
  }

  public List<Part> qkv(int layer) {
    long width = config.hiddenSize();
    if (has(Trait.FUSED)) {
      return in(
          layer,
          "self_attn.qkv_proj.weight",
          "attn_qkv.weight",
          queryWidth() + 2 * keyWidth(),
          width);
    }
    return List.of(
        part(layer, "self_attn.q_proj.weight", "attn_q.weight", queryWidth(), width),
        part(layer, "self_attn.k_proj.weight", "attn_k.weight", keyWidth(), width),
        part(layer, "self_attn.v_proj.weight", "attn_v.weight", keyWidth(), width));
  }

  public List<Part> qkvBias(int layer) {
    if (!has(Trait.BIAS)) {
      return List.of();
    }
    return List.of(
        part(layer, "self_attn.q_proj.bias", "attn_q.bias", queryWidth()),
        part(layer, "self_attn.k_proj.bias", "attn_k.bias", keyWidth()),
        part(layer, "self_attn.v_proj.bias", "attn_v.bias", keyWidth()));
  }

  public List<Part> queryNorm(int layer) {
    return headNorm(layer, "q", queryWidth());
  }

  public List<Part> keyNorm(int layer) {
    return headNorm(layer, "k", keyWidth());
  }

  private List<Part> headNorm(int layer, String which, long width) {
    if (!has(Trait.HEAD_NORM) && !has(Trait.WIDTH_NORM)) {
      return List.of();
    }
    return in(
        layer,
        "self_attn." + which + "_norm.weight",
        "attn_" + which + "_norm.weight",
        has(Trait.HEAD_NORM) ? config.headSize() : width);
  }

  public List<Part> out(int layer) {
    return in(
        layer, "self_attn.o_proj.weight", "attn_output.weight", config.hiddenSize(), queryWidth());
  }

  public List<Part> gateUp(int layer) {
    long inner = config.intermediateSize();
    long width = config.hiddenSize();
    if (has(Trait.FUSED)) {
      return in(layer, "mlp.gate_up_proj.weight", "ffn_up.weight", 2 * inner, width);
    }
    return List.of(
        part(layer, "mlp.gate_proj.weight", "ffn_gate.weight", inner, width),
        part(layer, "mlp.up_proj.weight", "ffn_up.weight", inner, width));
  }

  public List<Part> down(int layer) {
    return in(
        layer,
        "mlp.down_proj.weight",
        "ffn_down.weight",
        config.hiddenSize(),
        config.intermediateSize());
  }

  /** The shape of parts laid one below the other. */
  static long[] joined(List<Part> parts) {
    long[] shape = parts.getFirst().shape().clone();
    shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
    return shape;
  }

  private boolean has(Trait trait) {
    return config.architecture().has(trait);
  }

  private long queryWidth() {
    return (long) config.heads() * config.headSize();
  }

  private long keyWidth() {
    return (long) config.keyValueHeads() * config.headSize();
  }

  private static List<Part> of(String name, String gguf, long... shape) {
    return List.of(new Part(name, gguf, shape));
  }

  private static List<Part> in(int layer, String name, String gguf, long... shape) {
    return List.of(part(layer, name, gguf, shape));
  }

  private static Part part(int layer, String name, String gguf, long... shape) {
    return new Part("model.layers." + layer + "." + name, "blk." + layer + "." + gguf, shape);
  }

  /**
   * How a weight is written where matrices are to be written so: vectors stay F32, with Q4_0 the
   * output head gets Q8_0, and rows that are no whole blocks become F16.
   */
  Encoding encoding(Part part, Encoding wanted) {
    if (part.shape().length == 1) {
      return Encoding.F32;
    }
    boolean head =
        part.gguf().equals("output.weight")
            || config.tied() && part.gguf().equals("token_embd.weight");
    Encoding own = head && wanted == Encoding.Q4_0 ? Encoding.Q8_0 : wanted;
    return part.shape()[1] % own.blockSize() == 0 ? own : Encoding.F16;
  }
}
