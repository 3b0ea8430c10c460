package dev.forefront.release;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;

/**
 * Everything that is known about a release, for those who write about it.
 *
 * @param name of the release
 * @param evidence as it stood at {@code now}
 */
record Dossier(String name, Candidate candidate, Policy policy, Evidence evidence, Instant now) {

  List<Lineage.Stage> stages() {
    Lineage lineage = candidate.lineage();
    return lineage == null ? List.of() : lineage.stages();
  }

  List<Lineage.Dataset> datasets() {
    Lineage lineage = candidate.lineage();
    return lineage == null ? List.of() : lineage.datasets();
  }

  /** All figures of the reports on this model, each once. */
  List<Measurement> measurements() {
    return candidate.reports().stream()
        .flatMap(report -> report.measurements().stream())
        .distinct()
        .toList();
  }

  List<Finding.OfCriterion> criteria() {
    return evidence.findings().stream()
        .filter(Finding.OfCriterion.class::isInstance)
        .map(Finding.OfCriterion.class::cast)
        .toList();
  }

  List<Finding.OfCriterion> criteria(Criterion.Side side) {
    return criteria().stream().filter(one -> one.criterion().side() == side).toList();
  }

  List<Finding.OfCapability> capabilities() {
    return evidence.findings().stream()
        .filter(Finding.OfCapability.class::isInstance)
        .map(Finding.OfCapability.class::cast)
        .toList();
  }

  List<Finding.OfStage> comparisons() {
    return evidence.findings().stream()
        .filter(Finding.OfStage.class::isInstance)
        .map(Finding.OfStage.class::cast)
        .toList();
  }

  /** Each part that the release has, with its digest. */
  SequencedMap<Part, String> parts() {
    SequencedMap<Part, String> parts = new LinkedHashMap<>();
    for (Part part : Part.values()) {
      if (candidate.files().hashes().keySet().stream().anyMatch(part::covers)) {
        parts.put(part, part.digest(candidate.files().hashes()));
      }
    }
    return parts;
  }

  boolean has(Part part) {
    return parts().containsKey(part);
  }

  /** Hazards for which the policy asks for a figure of their own, in order. */
  List<String> hazardsAsked() {
    SequencedSet<String> asked = new TreeSet<>();
    criteria().forEach(one -> asked.add(one.criterion().subject().hazard()));
    return Hazards.titles().keySet().stream().filter(asked::contains).toList();
  }
}
