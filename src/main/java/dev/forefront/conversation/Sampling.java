package dev.forefront.conversation;

import java.util.List;

/**
 * How the next token is chosen and when a reply ends. Logits go through biases, penalties, the
 * form, the temperature and the cutoffs, in this order.
 *
 * @param temperature 0 is greedy; otherwise logits are divided by it
 * @param cutoffs what a draw leaves out; they change nothing about a greedy reply
 * @param penalties for what was there before
 * @param biases of single tokens
 * @param minTokens tokens that are written before the turn may end; 0 for none
 * @param maxTokens tokens of the reply, at least 1
 * @param stops texts that end the reply and are not part of it
 * @param seed same seed, same text
 * @param logprobs how many of the likeliest tokens are told beside each token and its
 *     log-probability; {@link #NO_LOGPROBS} tells none of that
 * @param form what the text of the reply has to be
 */
public record Sampling(
    float temperature,
    Cutoffs cutoffs,
    Penalties penalties,
    List<Bias> biases,
    int minTokens,
    int maxTokens,
    List<String> stops,
    long seed,
    int logprobs,
    Form form) {

  /** Text alone. */
  public static final int NO_LOGPROBS = -1;

  public Sampling {
    stops = List.copyOf(stops);
    biases = List.copyOf(biases);
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be 0 or more, not " + temperature);
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max_tokens must be at least 1, not " + maxTokens);
    }
    if (minTokens < 0 || minTokens > maxTokens) {
      throw new IllegalArgumentException(
          "min_tokens must be from 0 to max_tokens, %d, and not %d"
              .formatted(maxTokens, minTokens));
    }
    if (logprobs < NO_LOGPROBS) {
      throw new IllegalArgumentException("top_logprobs must be 0 or more, not " + logprobs);
    }
    if (form != Form.FREE && !stops.isEmpty()) {
      throw new IllegalArgumentException(
          "stop texts could end a reply in the middle of its form: leave one of them out");
    }
  }

  /** Draws by temperature and cutoffs, and nothing else. */
  public Sampling(float temperature, Cutoffs cutoffs, int maxTokens, long seed) {
    this(
        temperature,
        cutoffs,
        Penalties.NONE,
        List.of(),
        0,
        maxTokens,
        List.of(),
        seed,
        NO_LOGPROBS,
        Form.FREE);
  }

  /** The likeliest token at every step. */
  public static Sampling greedy(int maxTokens) {
    return new Sampling(0, Cutoffs.NONE, maxTokens, 0);
  }

  /** What the chat uses unless the caller says otherwise. */
  public static Sampling chat(int maxTokens, long seed) {
    return new Sampling(0.7f, Cutoffs.of(0, 0.95f, 0), maxTokens, seed);
  }

  /** The same with penalties. */
  public Sampling with(Penalties penalties) {
    return new Sampling(
        temperature, cutoffs, penalties, biases, minTokens, maxTokens, stops, seed, logprobs, form);
  }

  /** The same with biases. */
  public Sampling withBiases(List<Bias> biases) {
    return new Sampling(
        temperature, cutoffs, penalties, biases, minTokens, maxTokens, stops, seed, logprobs, form);
  }

  /** The same with texts that end the reply. */
  public Sampling withStops(List<String> stops) {
    return new Sampling(
        temperature, cutoffs, penalties, biases, minTokens, maxTokens, stops, seed, logprobs, form);
  }

  /**
   * The same, telling log-probabilities.
   *
   * @param top how many of the likeliest tokens are told beside each token
   */
  public Sampling withLogprobs(int top) {
    return new Sampling(
        temperature, cutoffs, penalties, biases, minTokens, maxTokens, stops, seed, top, form);
  }

  /** The same, bound to a form. */
  public Sampling with(Form form) {
    return new Sampling(
        temperature, cutoffs, penalties, biases, minTokens, maxTokens, stops, seed, logprobs, form);
  }

  /** Whether log-probabilities are told. */
  public boolean tellsLogprobs() {
    return logprobs != NO_LOGPROBS;
  }

  /** Whether the reply is bound to a form. */
  public boolean hasForm() {
    return form != Form.FREE;
  }
}
