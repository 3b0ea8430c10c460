package dev.forefront.data.sets;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a row says of its text; see {@link Labelled}.
 *
 * @param harm 0 to 1, or NaN
 * @param hazards those that were looked for
 * @param category the set's own word
 */
record Judgement(double harm, Map<String, Double> hazards, String category) {
  private static final Map<String, Double> NONE =
      Hazards.all().stream().collect(Collectors.toUnmodifiableMap(Function.identity(), id -> 0.0));

  /**
   * @param hazard of which the degree of harm is known, or empty
   */
  static Judgement of(double harm, String hazard, String category) {
    return new Judgement(harm, hazard.isEmpty() ? Map.of() : Map.of(hazard, harm), category);
  }

  /** Nobody says. */
  static Judgement unknown(String category) {
    return new Judgement(Double.NaN, Map.of(), category);
  }

  /** Taken to be harmless in every way, though nobody looked. */
  static Judgement ordinary(String category) {
    return new Judgement(0, NONE, category);
  }
}
