package dev.forefront.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The families that both backends compute. They share one skeleton (RMSNorm, rotary positions,
 * grouped-query attention, SwiGLU) and differ in what surrounds the query, key and value.
 */
public enum Architecture {
  LLAMA("LlamaForCausalLM", "llama", false, false),
  MISTRAL("MistralForCausalLM", "mistral", false, false),
  /** Bias on query, key and value, though no key of its config.json says so. */
  QWEN2("Qwen2ForCausalLM", "qwen2", true, false),
  /** RMSNorm over each head of query and key before the rotation. */
  QWEN3("Qwen3ForCausalLM", "qwen3", false, true);

  private final String className;
  private final String modelType;
  private final boolean attentionBias;
  private final boolean headNorm;

  Architecture(String className, String modelType, boolean attentionBias, boolean headNorm) {
    this.className = className;
    this.modelType = modelType;
    this.attentionBias = attentionBias;
    this.headNorm = headNorm;
  }

  /** The name in config.json's {@code architectures}. */
  public String className() {
    return className;
  }

  /** The name in config.json's {@code model_type}. */
  public String modelType() {
    return modelType;
  }

  /** Whether query, key and value projections have a bias. */
  public boolean attentionBias() {
    return attentionBias;
  }

  /** Whether query and key are normalised per head. */
  public boolean headNorm() {
    return headNorm;
  }

  static Optional<Architecture> ofModelType(String modelType) {
    return Arrays.stream(values()).filter(a -> a.modelType.equals(modelType)).findFirst();
  }

  /** All known types, for error messages. */
  static String known() {
    return Arrays.stream(values()).map(Architecture::modelType).collect(Collectors.joining(", "));
  }
}
