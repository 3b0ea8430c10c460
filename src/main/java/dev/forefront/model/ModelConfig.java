package dev.forefront.model;

import dev.forefront.conversation.Loading;
import java.nio.file.Path;
import java.util.List;

/**
 * The shape of a model; config.json holds it under Hugging Face's names.
 *
 * @param vocabularySize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward layer
 * @param layers number of blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headSize entries of one head, even
 * @param contextLength most tokens that the model reads
 * @param normEpsilon added to the mean square in RMSNorm
 * @param attending caps, scales and windows of attention
 * @param logitCap a logit becomes {@code logitCap * tanh(logit / logitCap)}; 0 for none
 * @param head what it makes of its last layer's numbers
 * @param bosId first token of a text, or -1
 * @param eosId token that ends a reply, or -1
 * @param cache in which numbers the engine keeps keys and values
 */
public record ModelConfig(
    Architecture architecture,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int contextLength,
    float normEpsilon,
    Rope rope,
    Attending attending,
    double logitCap,
    Head head,
    int bosId,
    int eosId,
    CacheType cache) {
  static final int MOST_LAYERS = 10_000;
  private static final int MOST_WIDTH = 1 << 20;
  private static final int MOST_ROWS = 1 << 24;

  public ModelConfig {
    inRange("vocab_size", vocabularySize, MOST_ROWS);
    inRange("hidden_size", hiddenSize, MOST_WIDTH);
    inRange("intermediate_size", intermediateSize, MOST_WIDTH);
    inRange("num_hidden_layers", layers, MOST_LAYERS);
    inRange("num_attention_heads", heads, MOST_LAYERS);
    inRange("num_key_value_heads", keyValueHeads, MOST_LAYERS);
    inRange("head_dim", headSize, MOST_WIDTH / heads);
    inRange("max_position_embeddings", contextLength, MOST_ROWS);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads %d does not divide num_attention_heads %d"
              .formatted(keyValueHeads, heads));
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException("head_dim must be even, not " + headSize);
    }
    rope.turning(headSize);
    if (!(normEpsilon > 0 && normEpsilon < 1)) {
      throw new IllegalArgumentException("rms_norm_eps must be in (0, 1), not " + normEpsilon);
    }
    if (!(logitCap >= 0) || Double.isInfinite(logitCap)) {
      throw new IllegalArgumentException(
          "final_logit_softcapping must be above 0, not " + logitCap);
    }
    if (attending.windowed().size() != layers) {
      throw new IllegalArgumentException(
          "layer_types names %d layers of %d".formatted(attending.windowed().size(), layers));
    }
  }

  /**
   * A Llama of our own making: tied embedding, theta 10,000, epsilon 1e-5.
   *
   * @throws IllegalArgumentException where heads do not divide the width
   */
  public static ModelConfig llama(
      int vocabularySize,
      int hiddenSize,
      int intermediateSize,
      int layers,
      int heads,
      int keyValueHeads,
      int contextLength,
      int eosId) {
    if (heads < 1 || hiddenSize % heads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads %d does not divide hidden_size %d".formatted(heads, hiddenSize));
    }
    return new ModelConfig(
        Architecture.LLAMA,
        vocabularySize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        hiddenSize / heads,
        contextLength,
        1e-5f,
        new Rope(10_000, new Rope.Unscaled()),
        Attending.plain(hiddenSize / heads, layers),
        0,
        Head.TIED,
        -1,
        eosId,
        CacheType.F32);
  }

  /**
   * Reads config.json in either layout (transformers 4 and 5).
   *
   * @throws dev.forefront.conversation.BadInputException naming the key and value that are not
   *     understood
   */
  public static ModelConfig read(Path file) {
    return ConfigJson.read(file, Loading.UNWITNESSED);
  }

  /** Writes config.json atomically, in the layout that transformers 4 and 5 both read. */
  public void write(Path file) {
    ConfigWriter.write(this, DType.F32, file);
  }

  /** Positions of a layer's queries and keys. */
  public Rope rope(int layer) {
    Rope windowed = attending.windowedRope();
    return windowed != null && attending.windowed().get(layer) ? windowed : rope;
  }

  /**
   * The same with a rope scaling that config.json has a name for.
   *
   * @throws dev.forefront.conversation.BadInputException where there is none
   */
  ModelConfig withNamedRope() {
    return rope.scaling() instanceof Rope.Factors factors
        ? with(
            new Rope(rope.theta(), LlamaFactors.recognize(rope.theta(), factors, headSize)),
            head,
            cache)
        : this;
  }

  /** The same with keys and values kept in other numbers. */
  public ModelConfig with(CacheType other) {
    return with(rope, head, other);
  }

  /** The same with another head. */
  ModelConfig with(Head other) {
    return with(rope, other, cache);
  }

  private ModelConfig with(Rope otherRope, Head otherHead, CacheType otherCache) {
    return new ModelConfig(
        architecture,
        vocabularySize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        headSize,
        contextLength,
        normEpsilon,
        otherRope,
        attending,
        logitCap,
        otherHead,
        bosId,
        eosId,
        otherCache);
  }

  /** Whether the output head is the embedding. */
  public boolean tied() {
    return head == Head.TIED;
  }

  /** What the embedding is multiplied by. */
  public float embeddingScale() {
    return architecture.has(Trait.SCALED_EMBEDDING) ? (float) Math.sqrt(hiddenSize) : 1;
  }

  /** Trainable numbers, the tied embedding counted once. */
  public long parameters() {
    return new WeightNames(this)
        .inOrder().stream().flatMap(List::stream).mapToLong(WeightNames.Part::count).sum();
  }

  private static void inRange(String key, int value, int most) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, not " + value);
    }
    if (value > most) {
      throw new IllegalArgumentException(
          "%s must be at most %,d, not %,d".formatted(key, most, value));
    }
  }
}
