package dev.forefront.guard;

import java.util.List;

/**
 * How many of some harmless texts may be blocked.
 *
 * @param share of the texts, above 0
 */
public record Allowance(List<String> texts, double share) {
  public Allowance {
    texts = List.copyOf(texts);
    if (!(share > 0 && share < 1) || texts.size() < 1 / share) {
      throw new IllegalArgumentException(
          "a share of %s takes at least %d texts to measure, not %d"
              .formatted(share, (int) Math.ceil(1 / share), texts.size()));
    }
  }
}
