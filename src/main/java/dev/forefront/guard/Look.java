package dev.forefront.guard;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one verdict head of a text was surest of. Which hazard it is takes many more heads than
 * whether it is one, so it is asked only where somebody will hear it.
 */
final class Look {
  private final double score;
  private final List<String> words;
  private final List<String> layers;
  private @Nullable Signal signal;

  /**
   * @param layers that the words were decoded from
   */
  Look(double score, List<String> words, List<String> layers) {
    this.score = score;
    this.words = words;
    this.layers = layers;
  }

  double score() {
    return score;
  }

  Signal signal(TextHeads heads, TextViews.View view) {
    Signal known = signal;
    if (known == null) {
      boolean worthAName = !(score < view.limit() * Signal.SUSPICIOUS);
      Hazard hazard = worthAName ? likeliest(hazards(heads, view)) : Hazard.UNKNOWN;
      known = new Signal(hazard, score, view.limit(), view.explanation(), layers);
      signal = known;
    }
    return known;
  }

  Map<Hazard, Double> hazards(TextHeads heads, TextViews.View view) {
    TextWindow window = TextWindow.of(words, 1).getFirst();
    Map<Hazard, Double> scores = new EnumMap<>(Hazard.class);
    view.hazards()
        .forEach(
            (hazard, head) -> scores.put(hazard, TextHeads.probability(heads.score(window, head))));
    return scores;
  }

  private static Hazard likeliest(Map<Hazard, Double> scores) {
    return scores.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(Hazard.UNKNOWN);
  }
}
