package dev.forefront.release;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reports held against a policy.
 *
 * @param findings one for each thing that the policy asks
 * @param reasons everything why they are not enough, the findings' reasons among them; empty where
 *     they are
 */
record Evidence(List<Finding> findings, List<String> reasons) {
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  Evidence {
    findings = List.copyOf(findings);
    reasons = List.copyOf(reasons);
  }

  /** What the release leans on. */
  List<Waived> waived() {
    return criteria().flatMap(one -> Stream.ofNullable(one.waived())).toList();
  }

  /** Criteria that are missed and that the board could waive. */
  List<String> bearable() {
    return criteria()
        .filter(one -> one.bearable() && one.waived() == null)
        .map(one -> one.criterion().id())
        .toList();
  }

  private Stream<Finding.OfCriterion> criteria() {
    return findings.stream()
        .filter(Finding.OfCriterion.class::isInstance)
        .map(Finding.OfCriterion.class::cast);
  }

  /** The same with more that speaks against the release. */
  Evidence with(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(reasons);
    return new Evidence(findings, all);
  }

  static Evidence of(Candidate candidate, List<Report> reports, Policy policy, Instant now) {
    return new Weighing(candidate, policy, now).weigh(reports);
  }

  /** A figure of a usable report. */
  private record Found(Measurement measurement, Instant created) {
    boolean isAbout(Subject subject) {
      return measurement.subject().equals(subject);
    }
  }

  private static final class Weighing {
    private final Candidate candidate;
    private final Policy policy;
    private final Instant now;
    private final List<String> reasons = new ArrayList<>();
    private final List<Found> usable = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Weighing(Candidate candidate, Policy policy, Instant now) {
      this.candidate = candidate;
      this.policy = policy;
      this.now = now;
    }

    Evidence weigh(List<Report> reports) {
      if (reports.isEmpty()) {
        reasons.add("there is no report: nothing was measured");
      }
      for (Report report : reports) {
        List<String> unusable = unusable(report, candidate.modelDigest());
        reasons.addAll(unusable);
        if (unusable.isEmpty()) {
          report.measurements().forEach(one -> usable.add(new Found(one, report.created())));
        }
      }
      findings.addAll(waived(policy.criteria().stream().map(this::finding).toList()));
      policy.capabilities().forEach(capability -> findings.add(finding(capability)));
      stages();
      findings.forEach(finding -> reasons.addAll(finding.reasons()));
      return new Evidence(findings, reasons);
    }

    private List<String> unusable(Report report, String modelDigest) {
      List<String> unusable = new ArrayList<>();
      if (!report.modelDigest().equals(modelDigest)) {
        unusable.add(
            "%s is foreign: it measured %s, this model is %s"
                .formatted(report.where(), report.modelDigest(), modelDigest));
      }
      if (report.created().isAfter(now.plus(CLOCKS_DIFFER))) {
        unusable.add("%s is from the future: %s".formatted(report.where(), report.created()));
      }
      Duration age = Duration.between(report.created(), now);
      if (age.compareTo(policy.maximumReportAge()) > 0) {
        unusable.add(
            "%s is stale: it is of %s, the policy allows %d days"
                .formatted(report.where(), report.created(), policy.maximumReportAge().toDays()));
      }
      return unusable;
    }

    /**
     * Takes what the board waived into account; never so much that nothing is left to fail on one
     * of the policy's two sides.
     */
    private List<Finding.OfCriterion> waived(List<Finding.OfCriterion> asked) {
      Waivers waivers = candidate.ledger().orders().waivers();
      List<Finding.OfCriterion> borne =
          asked.stream()
              .map(
                  one ->
                      one.bearable()
                          ? waivers
                              .covering(candidate.scope(policy), one.criterion().id(), now)
                              .map(one::waivedBy)
                              .orElse(one)
                          : one)
              .toList();
      Set<String> without =
          borne.stream()
              .filter(one -> one.waived() != null)
              .map(one -> one.criterion().id())
              .collect(Collectors.toSet());
      Optional<String> bare = policy.bareSide(without);
      bare.ifPresent(
          side ->
              reasons.add(
                  "the waivers leave the policy nothing on %s, so none of them counts"
                      .formatted(side)));
      return bare.isPresent() ? asked : borne;
    }

    private Finding.OfCriterion finding(Criterion criterion) {
      List<Found> found = usable.stream().filter(one -> one.isAbout(criterion.subject())).toList();
      // Several results are no choice of the best: each must do.
      List<String> why =
          found.isEmpty()
              ? List.of(criterion.subject() + ": missing, no usable report has measured it")
              : found.stream()
                  .flatMap(one -> criterion.refusal(one.measurement(), one.created(), now).stream())
                  .toList();
      boolean bearable =
          criterion.waivable()
              && !found.isEmpty()
              && !why.isEmpty()
              && found.stream()
                  .allMatch(
                      one -> criterion.unfit(one.measurement(), one.created(), now).isEmpty());
      return new Finding.OfCriterion(criterion, measurements(found), why, bearable, null);
    }

    private static List<Measurement> measurements(List<Found> found) {
      return found.stream().map(Found::measurement).toList();
    }

    private Finding.OfCapability finding(Capability capability) {
      String reached = capability.when().reached(measurements(usable)).orElse("");
      if (reached.isEmpty()) {
        return new Finding.OfCapability(capability, reached, List.of(), List.of());
      }
      List<Finding.OfCriterion> asked = capability.criteria().stream().map(this::finding).toList();
      Stream<String> criteria = asked.stream().flatMap(one -> one.reasons().stream());
      Stream<String> safeguards =
          capability.safeguards().stream()
              .sorted()
              .filter(one -> !one.isIn(candidate.files().hashes().keySet()))
              .map(one -> one.title() + " is asked for and does not come with the release");
      List<String> why =
          Stream.concat(criteria, safeguards)
              .map(
                  reason ->
                      "capability \"%s\": %s (asked because %s)"
                          .formatted(capability.name(), reason, reached))
              .toList();
      return new Finding.OfCapability(capability, reached, asked, why);
    }

    /** Every stage of the lineage beside the one before it, this model last. */
    private void stages() {
      Lineage lineage = candidate.lineage();
      List<Lineage.Stage> stages = lineage == null ? List.of() : lineage.stages();
      candidate.stageReports().keySet().stream()
          .filter(name -> stages.stream().noneMatch(stage -> stage.name().equals(name)))
          .forEach(
              name ->
                  reasons.add(
                      "the report of stage %s is foreign: the lineage names no such stage"
                          .formatted(name)));
      if (policy.regressions().isEmpty()) {
        return;
      }
      if (lineage == null) {
        reasons.add("the policy compares with earlier stages, but no lineage names them");
        return;
      }
      List<Known> chain = new ArrayList<>();
      stages.forEach(stage -> chain.add(new Known(stage.name(), usable(stage))));
      chain.add(new Known("this model", measurements(usable)));
      for (Regression rule : policy.regressions()) {
        for (int i = 1; i < chain.size(); i++) {
          findings.add(finding(rule, chain.get(i - 1), chain.get(i)));
        }
      }
    }

    /** A stage with what a usable report has measured about it. */
    private record Known(String name, List<Measurement> measurements) {
      List<Measurement> about(Subject subject) {
        return measurements.stream().filter(one -> one.subject().equals(subject)).toList();
      }
    }

    private List<Measurement> usable(Lineage.Stage stage) {
      Report report = candidate.stageReports().get(stage.name());
      if (report == null) {
        reasons.add(
            "stage %s: missing, the policy compares with it and it has no report"
                .formatted(stage.name()));
        return List.of();
      }
      List<String> unusable = unusable(report, stage.modelDigest());
      reasons.addAll(unusable);
      return unusable.isEmpty() ? report.measurements() : List.of();
    }

    private static Finding.OfStage finding(Regression rule, Known earlier, Known later) {
      List<String> why = new ArrayList<>();
      double worst = Double.NEGATIVE_INFINITY;
      for (Known one : List.of(earlier, later)) {
        if (one.about(rule.subject()).isEmpty()) {
          why.add("%s: missing for %s".formatted(rule.subject(), one.name()));
        }
      }
      for (Measurement before : earlier.about(rule.subject())) {
        for (Measurement after : later.about(rule.subject())) {
          worst = Math.max(worst, Regression.worstFall(before, after));
          if (!before.datasetDigest().equals(after.datasetDigest())) {
            why.add(
                "%s: %s and %s were measured on different data sets"
                    .formatted(rule.subject(), earlier.name(), later.name()));
          }
        }
      }
      if (worst > rule.atMost()) {
        why.add(
            "%s: from %s to %s it may have fallen by %s, the policy allows %s"
                .formatted(
                    rule.subject(),
                    earlier.name(),
                    later.name(),
                    Figure.of(worst),
                    Figure.of(rule.atMost())));
      }
      double fall = worst == Double.NEGATIVE_INFINITY ? Double.NaN : worst;
      return new Finding.OfStage(rule, earlier.name(), later.name(), fall, why);
    }
  }
}
