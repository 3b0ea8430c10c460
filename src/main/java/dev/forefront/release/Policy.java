package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What must have been measured, and how well it must have come out, before a model may be released.
 * It is data: a YAML file that the board signs together with the model.
 */
public final class Policy {
  // policies/guard-model.yaml
  private static final String JUDGES = "guard-model";

  private final String name;
  private final String description;
  private final Duration maximumReportAge;
  private final List<Criterion> criteria;
  private final List<Capability> capabilities;
  private final List<Regression> regressions;
  private final String digest;

  Policy(
      String name,
      String description,
      Duration maximumReportAge,
      List<Criterion> criteria,
      List<Capability> capabilities,
      List<Regression> regressions,
      String digest) {
    this.name = name;
    this.description = description;
    this.maximumReportAge = maximumReportAge;
    this.criteria = List.copyOf(criteria);
    this.capabilities = List.copyOf(capabilities);
    this.regressions = List.copyOf(regressions);
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
    return PolicyFile.parse(bytes, where);
  }

  /**
   * Every way in which this policy asks for less than an older one: a bound lowered, fewer samples,
   * older reports, another exam, a criterion, a capability rule or a comparison with earlier stages
   * left out or relaxed. What this policy asks besides does not make up for it.
   *
   * @return one sentence for each; empty where whatever meets this policy meets the older one
   */
  public List<String> weaknessesAgainst(Policy older) {
    return Weaknesses.of(this, older);
  }

  public String name() {
    return name;
  }

  /**
   * Whether what is released under a policy of this name may judge for a guard, and is not measured
   * to talk to people.
   */
  public static boolean isForJudges(String name) {
    return name.equals(JUDGES);
  }

  boolean isForJudges() {
    return isForJudges(name);
  }

  /** What it is for, in its own words; may be empty. */
  public String description() {
    return description;
  }

  /** Of the file's bytes, as {@code sha256:<hex>}. */
  public String digest() {
    return digest;
  }

  /** How old a report may be when a release is proposed, signed or opened. */
  public Duration maximumReportAge() {
    return maximumReportAge;
  }

  /**
   * The criterion of this name; the figure alone will do where the policy has one criterion of it.
   *
   * @throws BadInputException where there is none or more than one
   */
  Criterion criterion(String named) {
    List<Criterion> meant =
        criteria.stream().filter(one -> Criterion.isNamed(one.id(), named)).toList();
    if (meant.size() != 1) {
      throw new BadInputException(
          "the policy \"%s\" has %d criteria called \"%s\"; its criteria are: %s"
              .formatted(
                  name,
                  meant.size(),
                  named,
                  String.join(", ", criteria.stream().map(Criterion::id).toList())));
    }
    return meant.getFirst();
  }

  /**
   * The side on which nothing is left to fail when some criteria are not asked for; empty where
   * both sides have one. A model that refuses everything must fail as surely as one that refuses
   * nothing.
   */
  Optional<String> bareSide(Set<String> without) {
    for (Criterion.Side side : List.of(Criterion.Side.HARMFUL, Criterion.Side.BENIGN)) {
      if (criteria.stream().noneMatch(one -> one.side() == side && !without.contains(one.id()))) {
        return Optional.of("the %s side".formatted(side.name().toLowerCase(Locale.ROOT)));
      }
    }
    return Optional.empty();
  }

  List<Criterion> criteria() {
    return criteria;
  }

  List<Capability> capabilities() {
    return capabilities;
  }

  List<Regression> regressions() {
    return regressions;
  }
}
