package dev.forefront.release;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** In what ways one policy asks for less than another. */
final class Weaknesses {
  private final Policy newer;
  private final Policy older;
  private final List<String> found = new ArrayList<>();

  private Weaknesses(Policy newer, Policy older) {
    this.newer = newer;
    this.older = older;
  }

  static List<String> of(Policy newer, Policy older) {
    Weaknesses weaknesses = new Weaknesses(newer, older);
    weaknesses.compare();
    return List.copyOf(weaknesses.found);
  }

  private void compare() {
    if (newer.maximumReportAge().compareTo(older.maximumReportAge()) > 0) {
      found.add(
          "reports may be %d days old, were %d"
              .formatted(newer.maximumReportAge().toDays(), older.maximumReportAge().toDays()));
    }
    older.criteria().forEach(one -> found.addAll(weaker(one, newer.criteria())));
    older.capabilities().forEach(this::compare);
    older.regressions().forEach(this::compare);
  }

  /** Against the criterion that comes closest; one that is as strong leaves nothing to say. */
  private List<String> weaker(Criterion old, Collection<Criterion> now) {
    return now.stream()
        .filter(one -> one.subject().equals(old.subject()))
        .filter(one -> old.bound() instanceof Bound.Measured || isSameKind(one, old))
        .map(one -> differences(one, old))
        .min(Comparator.comparingInt(List::size))
        .orElseGet(() -> List.of("%s: dropped (%s)".formatted(old.subject(), old.condition())));
  }

  private static boolean isSameKind(Criterion one, Criterion other) {
    return one.bound().getClass().equals(other.bound().getClass());
  }

  private List<String> differences(Criterion now, Criterion old) {
    List<String> weaker = new ArrayList<>();
    boundWeakness(now.bound(), old.bound())
        .ifPresent(what -> weaker.add(now.subject() + ": " + what));
    if (now.minimumN() < old.minimumN()) {
      weaker.add(
          "%s: %d samples suffice, were %d"
              .formatted(now.subject(), now.minimumN(), old.minimumN()));
    }
    if (old.dataset() != null && !old.dataset().equals(now.dataset())) {
      weaker.add(
          "%s: may be measured on %s, was bound to %s"
              .formatted(now.subject(), anyOr(now.dataset()), old.dataset()));
    }
    if (now.waivable() && !old.waivable()) {
      weaker.add(now.subject() + ": may be waived, was never to be");
    }
    if (old.maximumAge() != null && age(now).compareTo(old.maximumAge()) > 0) {
      weaker.add(
          "%s: may be %d days old, was %d"
              .formatted(now.subject(), age(now).toDays(), old.maximumAge().toDays()));
    }
    return weaker;
  }

  private Duration age(Criterion now) {
    return now.maximumAge() == null ? newer.maximumReportAge() : now.maximumAge();
  }

  private static String anyOr(@Nullable String dataset) {
    return dataset == null || dataset.isEmpty() ? "any data set" : dataset;
  }

  private static Optional<String> boundWeakness(Bound now, Bound old) {
    return switch (old) {
      case Bound.LowAtLeast was
          when now instanceof Bound.LowAtLeast is && is.value() < was.value() ->
          Optional.of(
              "the low end must reach %s, was %s"
                  .formatted(Figure.of(is.value()), Figure.of(was.value())));
      case Bound.HighAtMost was
          when now instanceof Bound.HighAtMost is && is.value() > was.value() ->
          Optional.of(
              "the high end may reach %s, was %s"
                  .formatted(Figure.of(is.value()), Figure.of(was.value())));
      case Bound.LowAtLeast _, Bound.HighAtMost _, Bound.Measured _ -> Optional.empty();
    };
  }

  private void compare(Capability old) {
    List<List<String>> options = new ArrayList<>();
    newer.capabilities().stream()
        .filter(one -> one.when().subject().equals(old.when().subject()))
        .map(one -> differences(one, old))
        .forEach(options::add);
    // A policy that asks for the same of every model has no need of the rule.
    if (old.safeguards().isEmpty()
        && old.criteria().stream().allMatch(one -> weaker(one, newer.criteria()).isEmpty())) {
      return;
    }
    options.stream()
        .min(Comparator.comparingInt(List::size))
        .ifPresentOrElse(
            found::addAll,
            () ->
                found.add(
                    "capability \"%s\" (%s): the rule is dropped"
                        .formatted(old.name(), old.when().subject())));
  }

  private List<String> differences(Capability now, Capability old) {
    String what = "capability \"%s\"".formatted(old.name());
    List<String> weaker = new ArrayList<>();
    Capability.Threshold is = now.when();
    Capability.Threshold was = old.when();
    if (is.highAtLeast() > was.highAtLeast()) {
      weaker.add(
          "%s: counts as there from %s on, was %s"
              .formatted(what, Figure.of(is.highAtLeast()), Figure.of(was.highAtLeast())));
    }
    if (is.minimumN() < was.minimumN()) {
      weaker.add(
          "%s: %d samples suffice to show its absence, were %d"
              .formatted(what, is.minimumN(), was.minimumN()));
    }
    if (!was.dataset().isEmpty() && !was.dataset().equals(is.dataset())) {
      weaker.add(
          "%s: its absence may be shown on %s, was bound to %s"
              .formatted(what, anyOr(is.dataset()), was.dataset()));
    }
    List<Criterion> asked = new ArrayList<>(now.criteria());
    asked.addAll(newer.criteria());
    old.criteria()
        .forEach(one -> weaker(one, asked).forEach(less -> weaker.add(what + ": " + less)));
    Set<Safeguard> dropped = new TreeSet<>(old.safeguards());
    dropped.removeAll(now.safeguards());
    dropped.forEach(
        one -> weaker.add("%s: %s is no longer asked for".formatted(what, one.title())));
    return weaker;
  }

  private void compare(Regression old) {
    newer.regressions().stream()
        .filter(one -> one.subject().equals(old.subject()))
        .min(Comparator.comparingDouble(Regression::atMost))
        .ifPresentOrElse(
            now -> {
              if (now.atMost() > old.atMost()) {
                found.add(
                    "%s: a stage may lose %s, was %s"
                        .formatted(
                            old.subject(), Figure.of(now.atMost()), Figure.of(old.atMost())));
              }
            },
            () ->
                found.add(
                    "%s: comparison with earlier stages is dropped (was at most %s)"
                        .formatted(old.subject(), Figure.of(old.atMost()))));
  }
}
