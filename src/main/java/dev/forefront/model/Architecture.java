package dev.forefront.model;

import static dev.forefront.model.Trait.BIAS;
import static dev.forefront.model.Trait.FUSED;
import static dev.forefront.model.Trait.GELU;
import static dev.forefront.model.Trait.HEAD_NORM;
import static dev.forefront.model.Trait.INTERLEAVED;
import static dev.forefront.model.Trait.NORM_AFTER;
import static dev.forefront.model.Trait.NORM_BEFORE;
import static dev.forefront.model.Trait.SCALED_EMBEDDING;
import static dev.forefront.model.Trait.SHIFTED_IN_GGUF;
import static dev.forefront.model.Trait.SHIFTED_NORM;
import static dev.forefront.model.Trait.TIED;
import static dev.forefront.model.Trait.WIDTH_NORM;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The table of families that both backends compute; a new one is a line here, and a {@link Trait}
 * or {@link Windowing} where it does something that none before it did.
 */
public enum Architecture {
  LLAMA("LlamaForCausalLM", "llama", "llama", Windowing.NEVER, NORM_BEFORE, INTERLEAVED),
  MISTRAL("MistralForCausalLM", "mistral", "llama", Windowing.ALWAYS, NORM_BEFORE, INTERLEAVED),
  QWEN2("Qwen2ForCausalLM", "qwen2", "qwen2", Windowing.UPPER, NORM_BEFORE, BIAS),
  QWEN3("Qwen3ForCausalLM", "qwen3", "qwen3", Windowing.UPPER, NORM_BEFORE, HEAD_NORM),
  GEMMA2(
      "Gemma2ForCausalLM",
      "gemma2",
      "gemma2",
      Windowing.EVERY_SECOND,
      NORM_BEFORE,
      NORM_AFTER,
      SHIFTED_NORM,
      SCALED_EMBEDDING,
      GELU,
      TIED,
      SHIFTED_IN_GGUF),
  GEMMA3(
      "Gemma3ForCausalLM",
      "gemma3_text",
      "gemma3",
      Windowing.FIVE_OF_SIX,
      NORM_BEFORE,
      NORM_AFTER,
      HEAD_NORM,
      SHIFTED_NORM,
      SCALED_EMBEDDING,
      GELU,
      TIED,
      SHIFTED_IN_GGUF),
  PHI3("Phi3ForCausalLM", "phi3", "phi3", Windowing.ALWAYS, NORM_BEFORE, FUSED),
  OLMO2("Olmo2ForCausalLM", "olmo2", "olmo2", Windowing.NEVER, NORM_AFTER, WIDTH_NORM);

  private final String className;
  private final String modelType;
  private final String ggufName;
  private final Windowing windowing;
  private final Set<Trait> traits;

  Architecture(
      String className, String modelType, String ggufName, Windowing windowing, Trait... traits) {
    this.className = className;
    this.modelType = modelType;
    this.ggufName = ggufName;
    this.windowing = windowing;
    this.traits = Set.of(traits);
  }

  /** The name in config.json's {@code architectures}. */
  public String className() {
    return className;
  }

  /** Likewise, of a model with {@link Head#REWARD}. */
  String rewardName() {
    return className.replace("ForCausalLM", "ForSequenceClassification");
  }

  /** The name in config.json's {@code model_type}. */
  public String modelType() {
    return modelType;
  }

  /** The name in a GGUF file's {@code general.architecture}. */
  public String ggufName() {
    return ggufName;
  }

  Windowing windowing() {
    return windowing;
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  static Optional<Architecture> ofModelType(String modelType) {
    return Arrays.stream(values()).filter(a -> a.modelType.equals(modelType)).findFirst();
  }

  /** The first of that name: Mistral's files say llama, and without a window they are. */
  static Optional<Architecture> ofGgufName(String ggufName) {
    return Arrays.stream(values()).filter(a -> a.ggufName.equals(ggufName)).findFirst();
  }

  /** All known types, for error messages. */
  static String known() {
    return Arrays.stream(values()).map(Architecture::modelType).collect(Collectors.joining(", "));
  }
}
