package dev.forefront.model;

import java.util.List;

/**
 * Rotary positions (Su et al. 2021), half rotation: the first half of a head turns with the second.
 *
 * @param theta the base, for example 10,000
 * @param scaling how frequencies are stretched for contexts longer than those first trained on
 * @param share how much of a head turns, from its beginning; the rest stays
 */
public record Rope(double theta, Scaling scaling, double share) {

  /** Whole heads turn. */
  public Rope(double theta, Scaling scaling) {
    this(theta, scaling, 1);
  }

  /** How frequencies are stretched. */
  public sealed interface Scaling {}

  /** As trained. */
  public record Unscaled() implements Scaling {}

  /** Every position divided by {@code factor}. */
  public record Linear(double factor) implements Scaling {
    public Linear {
      requirePositive("factor", factor);
    }
  }

  /** Llama 3.1: long waves are slowed by {@code factor}, short ones stay, those between blend. */
  public record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements Scaling {
    public Llama3 {
      requirePositive("factor", factor);
      requirePositive("low_freq_factor", lowFrequencyFactor);
      requirePositive("high_freq_factor", highFrequencyFactor);
      requirePositive("original_max_position_embeddings", originalContext);
      if (highFrequencyFactor <= lowFrequencyFactor) {
        throw new IllegalArgumentException(
            "high_freq_factor %s must be above low_freq_factor %s"
                .formatted(highFrequencyFactor, lowFrequencyFactor));
      }
    }
  }

  /**
   * YaRN (Peng et al. 2023): pairs that turn more than {@code betaFast} times within the original
   * context stay, those that turn less than {@code betaSlow} times are slowed by {@code factor},
   * those between blend; what turns is lengthened by {@code attentionFactor}.
   *
   * @param truncate whether the blend begins and ends at whole pairs
   */
  public record Yarn(
      double factor,
      int originalContext,
      double betaFast,
      double betaSlow,
      double attentionFactor,
      boolean truncate)
      implements Scaling {
    public Yarn {
      requirePositive("factor", factor);
      requirePositive("original_max_position_embeddings", originalContext);
      requirePositive("beta_fast", betaFast);
      requirePositive("beta_slow", betaSlow);
      requirePositive("attention_factor", attentionFactor);
    }

    /** The lengthening that the paper recommends (section 3.4). */
    static double recommended(double factor, double scale) {
      return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }
  }

  /** Each pair slowed by a factor of its own, as GGUF files write Llama 3's. */
  public record Factors(List<Float> factors) implements Scaling {
    public Factors {
      factors = List.copyOf(factors);
      factors.forEach(factor -> requirePositive("rope_freqs.weight", factor));
    }
  }

  /**
   * LongRoPE (Ding et al. 2024), as Phi-3 has it: each pair slowed by a factor of its own, one set
   * for texts within the original context and one for longer ones. Keys are turned once and kept,
   * so a model is read by one set from its first token on: the one for the longest text it takes.
   *
   * @param context the most tokens that the model reads
   * @param attentionFactor what turns is lengthened by, whichever set is used
   */
  public record LongRope(
      List<Float> shortFactors,
      List<Float> longFactors,
      int originalContext,
      int context,
      double attentionFactor)
      implements Scaling {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
      shortFactors.forEach(factor -> requirePositive("short_factor", factor));
      longFactors.forEach(factor -> requirePositive("long_factor", factor));
      requirePositive("original_max_position_embeddings", originalContext);
      requirePositive("attention_factor", attentionFactor);
    }

    List<Float> factors() {
      return context > originalContext ? longFactors : shortFactors;
    }

    /**
     * The lengthening that the paper recommends (section 3.3), for a context so many times longer.
     */
    static double recommended(double factor, int originalContext) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContext));
    }
  }

  public Rope {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "partial_rotary_factor must be above 0 and at most 1, not " + share);
    }
    if (!(theta > 1) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("rope_theta must be above 1, not " + theta);
    }
  }

  /**
   * How many entries of a head turn.
   *
   * @throws IllegalArgumentException where these are no pairs, or the scaling has factors for
   *     others
   */
  public int turning(int headSize) {
    int turning = (int) (headSize * share);
    if (turning < 2 || turning % 2 != 0) {
      throw new IllegalArgumentException(
          "partial_rotary_factor %s turns %d of a head's %d entries, which must be pairs"
              .formatted(share, turning, headSize));
    }
    if (scaling instanceof LongRope longRope
        && (longRope.shortFactors().size() != turning / 2
            || longRope.longFactors().size() != turning / 2)) {
      throw new IllegalArgumentException(
          "rope scaling: short_factor and long_factor must hold %d numbers each, not %d and %d"
              .formatted(
                  turning / 2, longRope.shortFactors().size(), longRope.longFactors().size()));
    }
    return turning;
  }

  /**
   * Radians per position for each pair of what turns of a head. Of {@code n} pairs, pair {@code i}
   * turns entries {@code i} and {@code i + n}.
   */
  public float[] frequencies(int headSize) {
    int turning = turning(headSize);
    float[] frequencies = new float[turning / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(theta, -2.0 * i / turning);
      frequencies[i] = (float) scaled(frequency, i, turning);
    }
    return frequencies;
  }

  /** What cosine and sine are multiplied by. */
  public float attentionFactor() {
    return switch (scaling) {
      case Yarn yarn -> (float) yarn.attentionFactor();
      case LongRope longRope -> (float) longRope.attentionFactor();
      case Unscaled _, Linear _, Llama3 _, Factors _ -> 1;
    };
  }

  private double scaled(double frequency, int pair, int headSize) {
    return switch (scaling) {
      case Unscaled _ -> frequency;
      case Linear linear -> frequency / linear.factor();
      case Llama3 llama3 -> scaled(frequency, llama3);
      case Yarn yarn -> scaled(frequency, pair, headSize, yarn);
      case Factors own -> frequency / own.factors().get(pair);
      case LongRope longRope -> frequency / longRope.factors().get(pair);
    };
  }

  private double scaled(double frequency, int pair, int headSize, Yarn yarn) {
    double low = pairThatTurns(yarn.betaFast(), headSize, yarn);
    double high = pairThatTurns(yarn.betaSlow(), headSize, yarn);
    if (yarn.truncate()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, headSize - 1);
    double width = low == high ? 0.001 : high - low;
    double slowed = Math.clamp((pair - low) / width, 0, 1);
    return frequency / yarn.factor() * slowed + frequency * (1 - slowed);
  }

  /** The pair, counted in fractions, that turns so often within the original context. */
  private double pairThatTurns(double turns, int headSize, Yarn yarn) {
    return headSize
        * Math.log(yarn.originalContext() / (turns * 2 * Math.PI))
        / (2 * Math.log(theta));
  }

  private static void requirePositive(String key, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "rope scaling: %s must be above 0, not %s".formatted(key, value));
    }
  }

  private static double scaled(double frequency, Llama3 llama3) {
    double wavelength = 2 * Math.PI / frequency;
    double low = llama3.originalContext() / llama3.lowFrequencyFactor();
    double high = llama3.originalContext() / llama3.highFrequencyFactor();
    if (wavelength < high) {
      return frequency;
    }
    if (wavelength > low) {
      return frequency / llama3.factor();
    }
    double smooth =
        (llama3.originalContext() / wavelength - llama3.lowFrequencyFactor())
            / (llama3.highFrequencyFactor() - llama3.lowFrequencyFactor());
    return (1 - smooth) * frequency / llama3.factor() + smooth * frequency;
  }
}
