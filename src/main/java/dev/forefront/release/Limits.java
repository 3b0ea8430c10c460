package dev.forefront.release;

import java.util.ArrayList;
import java.util.List;

/** What the evidence for a release does not show, in words for anyone. */
final class Limits {

  private Limits() {}

  static List<String> of(Dossier dossier) {
    List<String> limits = new ArrayList<>();
    limits.add(
        "The figures are about the exams named here. How the model answers what no exam asked is"
            + " not known.");
    limits.add(
        "Nobody repeated the measurements. They are bound to this model by its digest, and the"
            + " board answers for them.");
    for (Waived waived : dossier.evidence().waived()) {
      limits.add(
          "The policy asks for %s, and it was not met: the board waived it until %s (%s)."
              .formatted(waived.criterion(), waived.until(), waived.reason()));
    }
    List<String> asked = dossier.hazardsAsked();
    List<String> others =
        Hazards.titles().entrySet().stream()
            .filter(hazard -> !asked.contains(hazard.getKey()))
            .map(hazard -> hazard.getKey() + " " + hazard.getValue())
            .toList();
    if (!others.isEmpty()) {
      limits.add(
          "The policy asks for no figure of its own about these hazards: "
              + String.join(", ", others)
              + ".");
    }
    if (dossier.capabilities().isEmpty()) {
      limits.add("The policy has no rule about dangerous capabilities.");
    }
    if (dossier.policy().regressions().isEmpty()) {
      limits.add("The policy does not compare the model with the stages that it was made from.");
    }
    if (!dossier.has(Part.GUARD)) {
      limits.add(
          "No guard comes with the release; whoever serves it decides which one stands before it.");
    } else if (!dossier.has(Part.CALIBRATION)) {
      limits.add("The guard that comes with the release was not calibrated for this model.");
    }
    if (!dossier.has(Part.CONSTITUTION)) {
      limits.add(
          "No constitution comes with the release: which principles it was tuned by is not said.");
    }
    if (dossier.candidate().lineage() == null) {
      limits.add("Where the model is from is not said.");
    }
    return limits;
  }
}
