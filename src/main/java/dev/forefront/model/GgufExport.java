package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a model as a GGUF file that llama.cpp reads. */
public final class GgufExport {
  private final ModelWeights weights;
  private final ModelConfig config;
  private final Encoding encoding;

  private GgufExport(ModelWeights weights, Encoding encoding) {
    this.weights = weights;
    this.config = weights.config();
    this.encoding = encoding;
  }

  /**
   * @param encoding of matrices: F32, F16, BF16, Q8_0 or Q4_0; vectors stay F32, and with Q4_0 the
   *     output head gets Q8_0
   * @param metadata with the tokenizer; the model's shape is added
   * @throws BadInputException where the format has no word for something that the model does
   */
  public static void write(
      Path file, ModelWeights weights, Encoding encoding, GgufMetadata metadata) {
    GgufExport export = new GgufExport(weights, encoding);
    export.refuseWhatHasNoWord();
    export.put(metadata);
    GgufWriter.write(file, metadata, export.tensors());
  }

  private void refuseWhatHasNoWord() {
    Architecture architecture = config.architecture();
    Attending attending = config.attending();
    boolean known =
        architecture.windowing() != Windowing.UPPER && architecture != Architecture.MISTRAL;
    if (attending.isWindowed() && attending.window() < config.contextLength()) {
      if (!known
          || !attending.windowed().equals(architecture.windowing().layers(config.layers(), 6))) {
        throw new BadInputException(
            "GGUF's %s has no sliding window of %d tokens as this model has: export to safetensors"
                .formatted(architecture.ggufName(), attending.window()));
      }
    }
    double scalar =
        GgufConfig.queryScalar(
            architecture, config.headSize(), config.hiddenSize(), config.heads(), config.layers());
    if (scalar != attending.queryScalar()) {
      throw new BadInputException(
          "GGUF's %s has no query_pre_attn_scalar %s: export to safetensors"
              .formatted(architecture.ggufName(), attending.queryScalar()));
    }
    Rope windowedRope = attending.windowedRope();
    if (windowedRope != null && !windowedRope.equals(new Rope(10_000, new Rope.Unscaled()))) {
      throw new BadInputException(
          "GGUF's gemma3 has no rope_local_base_freq but 10000: export to safetensors");
    }
  }

  private void put(GgufMetadata metadata) {
    String prefix = config.architecture().ggufName() + ".";
    metadata.put("general.architecture", config.architecture().ggufName());
    metadata.put("general.quantization_version", 2);
    metadata.put("general.file_type", fileType());
    metadata.put(prefix + "context_length", config.contextLength());
    metadata.put(prefix + "embedding_length", config.hiddenSize());
    metadata.put(prefix + "block_count", config.layers());
    metadata.put(prefix + "feed_forward_length", config.intermediateSize());
    metadata.put(prefix + "vocab_size", config.vocabularySize());
    metadata.put(prefix + "attention.head_count", config.heads());
    metadata.put(prefix + "attention.head_count_kv", config.keyValueHeads());
    metadata.put(prefix + "attention.key_length", config.headSize());
    metadata.put(prefix + "attention.value_length", config.headSize());
    metadata.put(prefix + "attention.layer_norm_rms_epsilon", config.normEpsilon());
    metadata.put(prefix + "rope.dimension_count", config.headSize());
    metadata.put(prefix + "rope.freq_base", (float) config.rope().theta());
    if (config.attending().isWindowed()) {
      metadata.put(prefix + "attention.sliding_window", config.attending().window());
    }
    if (config.architecture() == Architecture.GEMMA2 || config.logitCap() != 0) {
      metadata.put(prefix + "final_logit_softcapping", (float) config.logitCap());
    }
    if (config.architecture() == Architecture.GEMMA2 || config.attending().scoreCap() != 0) {
      metadata.put(prefix + "attn_logit_softcapping", (float) config.attending().scoreCap());
    }
    if (config.cache() != CacheType.F32) {
      metadata.put(GgufConfig.CACHE, config.cache().label());
    }
    putScaling(metadata, prefix);
  }

  private void putScaling(GgufMetadata metadata, String prefix) {
    if (config.rope().share() != 1) {
      throw new BadInputException(
          "a head that turns in part is not written to GGUF: export to safetensors");
    }
    switch (config.rope().scaling()) {
      case Rope.Unscaled _, Rope.Llama3 _, Rope.Factors _ -> {}
      case Rope.Linear linear ->
          metadata
              .put(prefix + "rope.scaling.type", "linear")
              .put(prefix + "rope.scaling.factor", (float) linear.factor());
      case Rope.LongRope _ ->
          throw new BadInputException("longrope is not written to GGUF: export to safetensors");
      case Rope.Yarn yarn -> {
        if (yarn.betaFast() != 32 || yarn.betaSlow() != 1 || !yarn.truncate()) {
          throw new BadInputException(
              "GGUF has no beta_fast, beta_slow or truncate for yarn: export to safetensors");
        }
        double own = yarn.attentionFactor() / Rope.Yarn.recommended(yarn.factor(), 1);
        metadata
            .put(prefix + "rope.scaling.type", "yarn")
            .put(prefix + "rope.scaling.factor", (float) yarn.factor())
            .put(prefix + "rope.scaling.original_context_length", yarn.originalContext())
            .put(prefix + "rope.scaling.attn_factor", (float) own);
      }
    }
  }

  /** The numbers of llama.cpp's {@code llama_ftype}. */
  private int fileType() {
    return switch (encoding) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case BF16 -> 32;
      case Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
          throw new BadInputException(
              encoding + " is read, but not written; written are F32, F16, BF16, Q8_0 and Q4_0");
    };
  }

  private List<Pending> tensors() {
    List<Pending> tensors = new ArrayList<>();
    float[] factors = ropeFactors();
    if (factors.length > 0) {
      tensors.add(
          new Pending(
              GgufConfig.ROPE_FACTORS, Encoding.F32, new long[] {factors.length}, () -> factors));
    }
    for (List<WeightNames.Part> parts : weights.names().inOrder()) {
      for (WeightNames.Part part : parts) {
        tensors.add(
            new Pending(
                part.gguf(),
                weights.names().encoding(part, encoding),
                part.shape(),
                () -> values(part)));
      }
    }
    return tensors;
  }

  private float[] values(WeightNames.Part part) {
    float[] values = weights.floats(part);
    Architecture architecture = config.architecture();
    if (architecture.has(Trait.SHIFTED_IN_GGUF) && part.isNorm()) {
      for (int i = 0; i < values.length; i++) {
        values[i] += 1;
      }
    }
    if (!architecture.has(Trait.INTERLEAVED) || !part.isQueryOrKey()) {
      return values;
    }
    int heads = part.name().contains(".q_proj.") ? config.heads() : config.keyValueHeads();
    int columns = part.shape().length == 1 ? 1 : (int) part.shape()[1];
    int half = values.length / columns / heads / 2;
    float[] woven = new float[values.length];
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < 2 * half; i++) {
        int from = head * 2 * half + i;
        int to = head * 2 * half + (int) Weight.woven(i, 2L * half);
        System.arraycopy(values, from * columns, woven, to * columns, columns);
      }
    }
    return woven;
  }

  /** Llama 3's scaling, pair by pair. */
  private float[] ropeFactors() {
    Rope rope = config.rope();
    if (!(rope.scaling() instanceof Rope.Llama3) && !(rope.scaling() instanceof Rope.Factors)) {
      return new float[0];
    }
    float[] plain = new Rope(rope.theta(), new Rope.Unscaled()).frequencies(config.headSize());
    float[] scaled = rope.frequencies(config.headSize());
    for (int i = 0; i < plain.length; i++) {
      plain[i] /= scaled[i];
    }
    return plain;
  }
}
