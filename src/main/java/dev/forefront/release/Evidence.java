package dev.forefront.release;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Holds reports against a policy: every reason why they are not enough. */
final class Evidence {
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private Evidence() {}

  /** A figure of a usable report. */
  private record Found(Measurement measurement, Instant created) {
    boolean isAbout(Subject subject) {
      return measurement.subject().equals(subject);
    }
  }

  static List<String> refusals(
      String modelDigest, List<Report> reports, Policy policy, Instant now) {
    List<String> reasons = new ArrayList<>();
    List<Found> usable = new ArrayList<>();
    if (reports.isEmpty()) {
      reasons.add("there is no report: nothing was measured");
    }
    for (Report report : reports) {
      List<String> unusable = unusable(report, modelDigest, policy, now);
      reasons.addAll(unusable);
      if (unusable.isEmpty()) {
        report.measurements().forEach(one -> usable.add(new Found(one, report.created())));
      }
    }
    for (Criterion criterion : policy.criteria()) {
      List<Found> found = usable.stream().filter(one -> one.isAbout(criterion.subject())).toList();
      if (found.isEmpty()) {
        reasons.add(criterion.subject() + ": missing, no usable report has measured it");
      }
      // Several results are no choice of the best: each must do.
      found.stream()
          .flatMap(one -> criterion.refusal(one.measurement(), one.created(), now).stream())
          .forEach(reasons::add);
    }
    return reasons;
  }

  private static List<String> unusable(
      Report report, String modelDigest, Policy policy, Instant now) {
    List<String> reasons = new ArrayList<>();
    if (!report.modelDigest().equals(modelDigest)) {
      reasons.add(
          "%s is foreign: it measured %s, this model is %s"
              .formatted(report.where(), report.modelDigest(), modelDigest));
    }
    if (report.created().isAfter(now.plus(CLOCKS_DIFFER))) {
      reasons.add("%s is from the future: %s".formatted(report.where(), report.created()));
    }
    Duration age = Duration.between(report.created(), now);
    if (age.compareTo(policy.maximumReportAge()) > 0) {
      reasons.add(
          "%s is stale: it is of %s, the policy allows %d days"
              .formatted(report.where(), report.created(), policy.maximumReportAge().toDays()));
    }
    return reasons;
  }
}
