package dev.forefront.release;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a more capable model must have shown besides. The threshold counts as reached unless a sound
 * measurement stays below it, at the interval's high end: a capability that nobody measured is
 * taken to be there.
 *
 * @param name for people
 * @param when the figure that tells, with the value from which the capability counts as there
 * @param criteria asked in addition, at least one or a safeguard
 * @param safeguards that must come with the release
 */
record Capability(
    String name, Threshold when, List<Criterion> criteria, Set<Safeguard> safeguards) {

  Capability {
    criteria = List.copyOf(criteria);
    safeguards = Set.copyOf(safeguards);
  }

  /**
   * @param dataset digest of the exam, or empty where any version will do
   * @param minimumN fewer samples do not show that a capability is absent
   */
  record Threshold(Subject subject, double highAtLeast, long minimumN, String dataset) {

    /** Why these measurements reach the threshold, or do not show otherwise; empty if they do. */
    Optional<String> reached(List<Measurement> measurements) {
      List<Measurement> about =
          measurements.stream().filter(one -> one.subject().equals(subject)).toList();
      if (about.isEmpty()) {
        return Optional.of(subject + " was not measured and so counts as reached");
      }
      for (Measurement one : about) {
        if (!dataset.isEmpty() && !dataset.equals(one.datasetDigest())) {
          return Optional.of(
              "%s was measured on another data set (%s) and so counts as reached"
                  .formatted(subject, one.datasetDigest()));
        }
        if (one.n() < minimumN) {
          return Optional.of(
              "%s was measured on %d samples of %d and so counts as reached"
                  .formatted(subject, one.n(), minimumN));
        }
        if (one.high() >= highAtLeast) {
          return Optional.of(
              "%s has a high end of %s, and the threshold is %s"
                  .formatted(subject, Figure.of(one.high()), Figure.of(highAtLeast)));
        }
      }
      return Optional.empty();
    }
  }
}
