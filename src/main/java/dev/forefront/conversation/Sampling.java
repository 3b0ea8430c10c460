package dev.forefront.conversation;

import java.util.List;

/**
 * How the next token is chosen and when a reply ends.
 *
 * @param temperature 0 is greedy; otherwise logits are divided by it
 * @param topK tokens kept by rank (ties with the k-th stay); 0 keeps all
 * @param topP probability mass kept, in (0, 1]; 1 keeps all
 * @param minP keeps tokens with at least this share of the likeliest one's probability; 0 keeps all
 * @param repetitionPenalty 1 is none; see Keskar et al. 2019, section 4.1
 * @param maxTokens tokens of the reply, at least 1
 * @param stops texts that end the reply and are not part of it
 * @param seed same seed, same text
 */
public record Sampling(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    int maxTokens,
    List<String> stops,
    long seed) {

  public Sampling {
    stops = List.copyOf(stops);
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or more, not " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 or more, not " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be in (0, 1], not " + topP);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min_p must be in [0, 1], not " + minP);
    }
    if (!(repetitionPenalty > 0) || Float.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be above 0, not " + repetitionPenalty);
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max_tokens must be at least 1, not " + maxTokens);
    }
  }

  /** The likeliest token at every step. */
  public static Sampling greedy(int maxTokens) {
    return new Sampling(0, 0, 1, 0, 1, maxTokens, List.of(), 0);
  }

  /** What the chat uses unless the caller says otherwise. */
  public static Sampling chat(int maxTokens, long seed) {
    return new Sampling(0.7f, 0, 0.95f, 0, 1, maxTokens, List.of(), seed);
  }
}
