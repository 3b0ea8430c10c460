package dev.forefront.model;

import dev.forefront.conversation.BadInputException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the scaling of Llama 3 behind the factors that a GGUF file holds in its place. Its two
 * bounds are 1 and 4 in every model that has it.
 */
final class LlamaFactors {
  private static final double LOW = 1;
  private static final double HIGH = 4;

  private LlamaFactors() {}

  static Rope.Llama3 recognize(double theta, Rope.Factors factors, int headSize) {
    List<Float> given = factors.factors();
    if (given.size() == headSize / 2) {
      double factor = rounded(Collections.max(given));
      for (int original : candidates(theta, given, factor, headSize)) {
        Rope.Llama3 found = new Rope.Llama3(factor, LOW, HIGH, original);
        if (fits(theta, found, given, headSize)) {
          return found;
        }
      }
    }
    throw new BadInputException(
        "rope_freqs.weight holds factors that are not Llama 3's: config.json has no name for them");
  }

  private static List<Integer> candidates(
      double theta, List<Float> given, double factor, int headSize) {
    IntStream blended =
        IntStream.range(0, given.size())
            .filter(i -> given.get(i) > 1.0001 && given.get(i) < factor * 0.9999)
            .map(
                i -> {
                  double wavelength = 2 * Math.PI * Math.pow(theta, 2.0 * i / headSize);
                  double smooth = (1 / given.get(i) - 1 / factor) / (1 - 1 / factor);
                  return (int) Math.round(wavelength * (smooth * (HIGH - LOW) + LOW));
                });
    // Where no pair is blended, many contexts give the same factors; 8192 is Llama 3's.
    IntStream usual = IntStream.concat(IntStream.of(8192), IntStream.range(4, 21).map(i -> 1 << i));
    return IntStream.concat(blended, usual).filter(i -> i > 0).boxed().toList();
  }

  private static boolean fits(double theta, Rope.Llama3 found, List<Float> given, int headSize) {
    float[] plain = new Rope(theta, new Rope.Unscaled()).frequencies(headSize);
    float[] scaled = new Rope(theta, found).frequencies(headSize);
    for (int i = 0; i < plain.length; i++) {
      double factor = plain[i] / scaled[i];
      if (Math.abs(factor - given.get(i)) > 1e-4 * factor) {
        return false;
      }
    }
    return true;
  }

  private static double rounded(float factor) {
    return Math.abs(factor - Math.round(factor)) < 1e-4 ? Math.round(factor) : factor;
  }
}
