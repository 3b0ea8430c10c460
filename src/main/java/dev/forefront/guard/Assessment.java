package dev.forefront.guard;

import java.util.Map;

/**
 * What the guard thinks of a text in full, also where it lets it pass: to rank texts with, and to
 * see how near one came.
 *
 * @param score the highest that any stage gave, 0..1; 1 where the guard failed
 * @param hazards how much each hazard was seen, 0..1; what nobody looks for is absent
 */
public record Assessment(Verdict verdict, double score, Map<Hazard, Double> hazards) {
  public Assessment {
    hazards = Map.copyOf(hazards);
  }
}
