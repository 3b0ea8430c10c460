package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which sets a model learns from, and how often it sees each. */
public record Mixture(List<Part> parts) {
  public Mixture {
    parts = List.copyOf(parts);
  }

  /**
   * @param set a name in the catalogue, or {@code world} for the built-in corpus
   * @param epochs 2 shows every document twice, 0.5 shows half of them once
   */
  public record Part(String set, double epochs) {
    public Part {
      if (!(epochs > 0 && epochs <= 1000)) {
        throw new BadInputException(
            "set %s: epochs must be above 0 and at most 1000, not %s".formatted(set, epochs));
      }
    }
  }

  /** Every document once. */
  public static Mixture once(String... sets) {
    return new Mixture(java.util.Arrays.stream(sets).map(set -> new Part(set, 1)).toList());
  }

  /** Epochs by set name; what is not named is seen once. */
  Map<String, Double> epochs() {
    Map<String, Double> epochs = new LinkedHashMap<>();
    parts.forEach(part -> epochs.merge(part.set(), part.epochs(), Double::sum));
    return epochs;
  }

  /** How many copies of a document a mixture holds; which ones a fraction takes, the id decides. */
  public int copies(Document document) {
    return copies(document.source(), document.id());
  }

  /** Likewise of what has this id in a set. */
  public int copies(String set, String id) {
    double epochs = epochs().getOrDefault(set, 1.0);
    int whole = (int) epochs;
    double share = (Hashing.of(id) >>> 11) * 0x1p-53;
    return share < epochs - whole ? whole + 1 : whole;
  }
}
