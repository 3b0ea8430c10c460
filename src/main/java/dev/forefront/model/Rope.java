package dev.forefront.model;

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
  public record Linear(double factor) implements Scaling {}

  /** Llama 3.1: long waves are slowed by {@code factor}, short ones stay, those between blend. */
  public record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements Scaling {}

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
      frequencies[i] = (float) scaled(frequency);
    }
    return frequencies;
  }

  private double scaled(double frequency) {
    return switch (scaling) {
      case Unscaled _ -> frequency;
      case Linear linear -> frequency / linear.factor();
      case Llama3 llama3 -> scaled(frequency, llama3);
    };
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
