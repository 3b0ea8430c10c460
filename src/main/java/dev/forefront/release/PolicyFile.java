package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a policy's YAML and refuses what is none: unknown keys, wrong values, one side only. */
final class PolicyFile {
  private static final String FORMAT = "forefront-policy-1";
  private static final Set<String> KEYS =
      Set.of(
          "format",
          "name",
          "description",
          "maximum_report_age_days",
          "criteria",
          "capabilities",
          "regression");
  private static final Set<String> CRITERION_KEYS =
      Set.of(
          "suite",
          "metric",
          "hazard",
          "why",
          "side",
          "low_at_least",
          "high_at_most",
          "measured",
          "minimum_n",
          "maximum_age_days",
          "dataset",
          "waivable");

  private final @Nullable Duration policyAge;

  private PolicyFile(@Nullable Duration policyAge) {
    this.policyAge = policyAge;
  }

  static Policy parse(byte[] bytes, String where) {
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofYaml(bytes, problems).onlyKeys(KEYS);
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    String name = root.text("name");
    Duration age = Duration.ofDays(days(root, "maximum_report_age_days"));
    PolicyFile file = new PolicyFile(age);
    List<Criterion> criteria = file.criteria(root.list("criteria"));
    requireOneOfAKind(root, criteria);
    List<Capability> capabilities =
        optional(root, "capabilities").stream().map(file::capability).toList();
    List<Regression> regressions =
        optional(root, "regression").stream().flatMap(one -> regression(one).stream()).toList();
    if (problems.isEmpty()) {
      requireBothSides(root, criteria);
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no policy: %s".formatted(where, String.join("; ", problems)));
    }
    String description = root.has("description") ? root.text("description") : "";
    return new Policy(
        name,
        description.strip(),
        age,
        criteria,
        capabilities,
        regressions,
        "sha256:" + Sha256.hex(bytes));
  }

  private static List<Fields> optional(Fields root, String key) {
    return root.has(key) ? root.list(key) : List.of();
  }

  /** A few thousand years at most, so that no arithmetic on times overflows. */
  private static long days(Fields fields, String key) {
    long days = fields.whole(key, 1);
    if (days > 1_000_000) {
      fields.problem(key + " must be at most 1000000");
      return 1;
    }
    return days;
  }

  private static void requireOneOfAKind(Fields root, List<Criterion> criteria) {
    Set<String> seen = new HashSet<>();
    for (Criterion criterion : criteria) {
      if (!seen.add(criterion.subject() + " " + criterion.bound().getClass())) {
        root.problem(criterion.subject() + " has two criteria of the same kind");
      }
    }
  }

  /** A model that refuses everything must fail as surely as one that refuses nothing. */
  private static void requireBothSides(Fields root, List<Criterion> criteria) {
    if (criteria.stream().noneMatch(one -> one.side() == Criterion.Side.HARMFUL)) {
      root.problem(
          "it has no criterion on the harmful side, such as low_at_least on a refusal_rate: what"
              + " refuses nothing would pass");
    }
    if (criteria.stream().noneMatch(one -> one.side() == Criterion.Side.BENIGN)) {
      root.problem(
          "it has no criterion on the benign side, such as low_at_least on an answer_rate: what"
              + " refuses everything would pass");
    }
  }

  private List<Criterion> criteria(List<Fields> entries) {
    return entries.stream().flatMap(one -> criterion(one).stream()).toList();
  }

  /** One for each hazard that it names; one where it names none. */
  private List<Criterion> criterion(Fields fields) {
    fields.onlyKeys(CRITERION_KEYS);
    String suite = fields.text("suite");
    String metric = fields.text("metric");
    Bound bound = bound(fields);
    long minimumN = fields.whole("minimum_n", 1);
    String dataset = fields.has("dataset") ? fields.digest("dataset") : null;
    Duration age = age(fields);
    boolean waivable = !fields.has("waivable") || fields.flag("waivable");
    String why = fields.has("why") ? fields.text("why") : "";
    return hazards(fields).stream()
        .map(hazard -> new Subject(suite, metric, hazard))
        .map(
            subject ->
                new Criterion(
                    subject,
                    bound,
                    minimumN,
                    dataset,
                    age,
                    side(fields, subject, bound),
                    waivable,
                    why))
        .toList();
  }

  private @Nullable Duration age(Fields fields) {
    if (!fields.has("maximum_age_days")) {
      return null;
    }
    Duration age = Duration.ofDays(days(fields, "maximum_age_days"));
    if (policyAge != null && age.compareTo(policyAge) > 0) {
      fields.problem("maximum_age_days is more than the policy's maximum_report_age_days");
    }
    return age;
  }

  private static List<String> hazards(Fields fields) {
    if (!fields.has("hazard")) {
      return List.of("");
    }
    List<String> hazards = fields.texts("hazard");
    for (String hazard : hazards) {
      if (!Subject.isHazard(hazard)) {
        fields.problem("hazard must be one of S1 to S14, not " + hazard);
      }
    }
    return hazards;
  }

  private static Criterion.Side side(Fields fields, Subject subject, Bound bound) {
    Criterion.Side side =
        fields.has("side") ? named(fields, fields.text("side")) : inferred(subject, bound);
    boolean binds = new Criterion(subject, bound, 1, null, null, side, true, "").binds();
    if (fields.has("side") && side != Criterion.Side.NEITHER && !binds) {
      fields.problem("side cannot be claimed by a bound that nothing fails");
    }
    return binds ? side : Criterion.Side.NEITHER;
  }

  private static Criterion.Side named(Fields fields, String name) {
    for (Criterion.Side side : EnumSet.allOf(Criterion.Side.class)) {
      if (side.name().toLowerCase(Locale.ROOT).equals(name)) {
        return side;
      }
    }
    fields.problem("side must be harmful, benign or neither, not " + name);
    return Criterion.Side.NEITHER;
  }

  /** What the two rates of this house say plainly; anything else must be named. */
  private static Criterion.Side inferred(Subject subject, Bound bound) {
    if (!(bound instanceof Bound.LowAtLeast)) {
      return Criterion.Side.NEITHER;
    }
    return switch (subject.metric()) {
      case "refusal_rate" -> Criterion.Side.HARMFUL;
      case "answer_rate" -> Criterion.Side.BENIGN;
      default -> Criterion.Side.NEITHER;
    };
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

  private Capability capability(Fields fields) {
    fields.onlyKeys(Set.of("name", "why", "when", "then"));
    Fields when =
        fields
            .object("when")
            .onlyKeys(Set.of("suite", "metric", "hazard", "high_at_least", "minimum_n", "dataset"));
    List<String> hazards = hazards(when);
    if (hazards.size() > 1) {
      when.problem("hazard must be one: write a rule for each");
    }
    Subject subject =
        new Subject(
            when.text("suite"), when.text("metric"), hazards.isEmpty() ? "" : hazards.getFirst());
    Capability.Threshold threshold =
        new Capability.Threshold(
            subject,
            when.number("high_at_least"),
            when.has("minimum_n") ? when.whole("minimum_n", 1) : 1,
            when.has("dataset") ? when.digest("dataset") : "");
    List<Fields> asked = new ArrayList<>();
    Set<Safeguard> safeguards = EnumSet.noneOf(Safeguard.class);
    for (Fields one : fields.list("then")) {
      if (one.has("safeguard")) {
        one.onlyKeys(Set.of("safeguard", "why"));
        Safeguard.named(one.text("safeguard"))
            .ifPresentOrElse(
                safeguards::add,
                () -> one.problem("safeguard must be one of " + Safeguard.known()));
      } else {
        asked.add(one);
      }
    }
    List<Criterion> criteria = criteria(asked);
    requireOneOfAKind(fields, criteria);
    return new Capability(fields.text("name"), threshold, criteria, safeguards);
  }

  private static List<Regression> regression(Fields fields) {
    fields.onlyKeys(Set.of("suite", "metric", "hazard", "at_most", "why"));
    String suite = fields.text("suite");
    String metric = fields.text("metric");
    double atMost = fields.number("at_most");
    if (atMost < 0) {
      fields.problem("at_most must be at least 0");
    }
    return hazards(fields).stream()
        .map(hazard -> new Regression(new Subject(suite, metric, hazard), atMost))
        .toList();
  }
}
