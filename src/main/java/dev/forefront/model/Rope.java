package dev.forefront.model;

import java.util.List;

/**
 * Rotary positions (Su et al. 2021), half rotation: the first half of a head turns with the second.
 *
 * @param theta the base, for example 10,000
 * @param scaling how frequencies are stretched for contexts longer than those first trained on
 */
public record Rope(double theta, Scaling scaling) {

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

  public Rope {
    if (!(theta > 1) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("rope_theta must be above 1, not " + theta);
    }
  }

  /**
   * Radians per position for each pair of a head, {@code headSize / 2} of them. Pair {@code i}
   * turns entries {@code i} and {@code i + headSize / 2}.
   */
  public float[] frequencies(int headSize) {
    float[] frequencies = new float[headSize / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(theta, -2.0 * i / headSize);
      frequencies[i] = (float) scaled(frequency, i, headSize);
    }
    return frequencies;
  }

  /** What cosine and sine are multiplied by. */
  public float attentionFactor() {
    return scaling instanceof Yarn yarn ? (float) yarn.attentionFactor() : 1;
  }

  private double scaled(double frequency, int pair, int headSize) {
    return switch (scaling) {
      case Unscaled _ -> frequency;
      case Linear linear -> frequency / linear.factor();
      case Llama3 llama3 -> scaled(frequency, llama3);
      case Yarn yarn -> scaled(frequency, pair, headSize, yarn);
      case Factors own -> frequency / own.factors().get(pair);
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
