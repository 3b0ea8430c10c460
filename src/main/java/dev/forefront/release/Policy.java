package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What must have been measured, and how well it must have come out, before a model may be released.
 * It is data: a YAML file that the board signs together with the model.
 */
public final class Policy {
  private static final String FORMAT = "forefront-policy-1";
  private static final Set<String> KEYS =
      Set.of("format", "name", "description", "maximum_report_age_days", "criteria");
  private static final Set<String> CRITERION_KEYS =
      Set.of(
          "suite",
          "metric",
          "why",
          "low_at_least",
          "high_at_most",
          "measured",
          "minimum_n",
          "dataset");

  private final String name;
  private final Duration maximumReportAge;
  private final List<Criterion> criteria;
  private final String digest;

  private Policy(String name, Duration maximumReportAge, List<Criterion> criteria, String digest) {
    this.name = name;
    this.maximumReportAge = maximumReportAge;
    this.criteria = List.copyOf(criteria);
    this.digest = digest;
  }

  /**
   * @throws BadInputException naming every problem of the file at once
   */
  public static Policy read(Path file) {
    return parse(SmallFile.read(file), file.toString());
  }

  /**
   * @param where what the bytes are called in messages
   */
  static Policy parse(byte[] bytes, String where) {
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofYaml(bytes, problems).onlyKeys(KEYS);
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    String name = root.text("name");
    Duration age = Duration.ofDays(root.whole("maximum_report_age_days", 1));
    List<Criterion> criteria = root.list("criteria").stream().map(Policy::criterion).toList();
    Set<String> seen = new HashSet<>();
    for (Criterion criterion : criteria) {
      if (!seen.add(criterion.subject() + " " + criterion.bound().getClass())) {
        root.problem(criterion.subject() + " has two criteria of the same kind");
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no policy: %s".formatted(where, String.join("; ", problems)));
    }
    return new Policy(name, age, criteria, "sha256:" + Sha256.hex(bytes));
  }

  private static Criterion criterion(Fields fields) {
    fields.onlyKeys(CRITERION_KEYS);
    return new Criterion(
        fields.text("suite"),
        fields.text("metric"),
        bound(fields),
        fields.whole("minimum_n", 1),
        fields.has("dataset") ? fields.digest("dataset") : null);
  }

  private static Bound bound(Fields fields) {
    List<Bound> bounds = new ArrayList<>();
    if (fields.has("low_at_least")) {
      bounds.add(new Bound.LowAtLeast(fields.number("low_at_least")));
    }
    if (fields.has("high_at_most")) {
      bounds.add(new Bound.HighAtMost(fields.number("high_at_most")));
    }
    if (fields.has("measured")) {
      if (!fields.flag("measured")) {
        fields.problem("measured can only be true");
      }
      bounds.add(new Bound.Measured());
    }
    if (bounds.size() != 1) {
      fields.problem("needs exactly one of low_at_least, high_at_most, measured");
      return new Bound.Measured();
    }
    return bounds.getFirst();
  }

  public String name() {
    return name;
  }

  /** Of the file's bytes, as {@code sha256:<hex>}. */
  public String digest() {
    return digest;
  }

  /** How old a report may be when a release is proposed, signed or opened. */
  public Duration maximumReportAge() {
    return maximumReportAge;
  }

  List<Criterion> criteria() {
    return criteria;
  }
}
