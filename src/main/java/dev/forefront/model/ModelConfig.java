package dev.forefront.model;

import dev.forefront.conversation.Loading;
import java.nio.file.Path;

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
 * @param tied whether the output head is the embedding
 * @param bosId first token of a text, or -1
 * @param eosId token that ends a reply, or -1
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
    boolean tied,
    int bosId,
    int eosId) {

  public ModelConfig {
    positive("vocab_size", vocabularySize);
    positive("hidden_size", hiddenSize);
    positive("intermediate_size", intermediateSize);
    positive("num_hidden_layers", layers);
    positive("num_attention_heads", heads);
    positive("num_key_value_heads", keyValueHeads);
    positive("head_dim", headSize);
    positive("max_position_embeddings", contextLength);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads %d does not divide num_attention_heads %d"
              .formatted(keyValueHeads, heads));
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException("head_dim must be even, not " + headSize);
    }
    if (!(normEpsilon > 0 && normEpsilon < 1)) {
      throw new IllegalArgumentException("rms_norm_eps must be in (0, 1), not " + normEpsilon);
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
        true,
        -1,
        eosId);
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
    ConfigJson.write(this, file);
  }

  /** Trainable numbers, the tied embedding counted once. */
  public long parameters() {
    long attention =
        2L * hiddenSize * heads * headSize + 2L * hiddenSize * keyValueHeads * headSize;
    if (architecture.attentionBias()) {
      attention += (long) (heads + 2 * keyValueHeads) * headSize;
    }
    if (architecture.headNorm()) {
      attention += 2L * headSize;
    }
    long block = attention + 3L * hiddenSize * intermediateSize + 2L * hiddenSize;
    long tables = (tied ? 1L : 2L) * vocabularySize * hiddenSize;
    return tables + layers * block + hiddenSize;
  }

  private static void positive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, not " + value);
    }
  }
}
