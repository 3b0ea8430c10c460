package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The waivers that a board gave, in order, and what became of them. Each is verified at its place
 * in the chain; whether it holds depends on the time and on who asks.
 */
final class Waivers {
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final BoardHistory boards;
  private final List<Given> all = new ArrayList<>();

  /** Who took waivers back last, and why, by release and criterion; these waivers are gone. */
  private final Map<Given, Standing.Stopped> withdrawn = new HashMap<>();

  /** One waiver with those who signed it. */
  private record Given(Order order, List<String> by) {
    boolean isAbout(String release, String criterion) {
      return order.release().equals(release) && order.waiver().criterion().equals(criterion);
    }
  }

  /**
   * Exactly these files, as this release, under this policy.
   *
   * @param candidate digest of the files; see {@link ReleaseFiles#candidateDigest}
   */
  record Scope(String release, String candidate, String policyDigest) {
    static Scope of(Statement statement) {
      return new Scope(
          statement.name(),
          ReleaseFiles.candidateDigest(statement.files()),
          statement.policyDigest());
    }
  }

  Waivers(BoardHistory boards) {
    this.boards = boards;
  }

  /**
   * @throws BadInputException where it could not be given, whoever signed it
   */
  void add(Order order, Adoptions adopted, List<String> by) {
    List<String> problems = problems(order, adopted);
    if (!problems.isEmpty()) {
      throw new BadInputException(String.join("; ", problems));
    }
    all.add(new Given(order, by));
  }

  /** Why an order waives nothing, whoever signs it; empty where enough of them can. */
  static List<String> problems(Order order, Adoptions adopted) {
    Waiver waiver = order.waiver();
    if (order.release().isEmpty()) {
      return List.of("a waiver is for one release, not for all");
    }
    Optional<Policy> policy = adopted.ofDigest(waiver.policyDigest());
    return policy.isEmpty()
        ? List.of("the board of this registry never adopted the policy " + waiver.policyDigest())
        : waiver.problems(policy.get(), order.created());
  }

  /** Ends all waivers of a criterion for a release that were given before. */
  void withdraw(Order order, String by) {
    String criterion = order.withdrawal().criterion();
    all.stream()
        .filter(given -> given.isAbout(order.release(), criterion))
        .forEach(
            given ->
                withdrawn.putIfAbsent(
                    given,
                    new Standing.Stopped(
                        "the waiver of %s was withdrawn by %s: %s"
                            .formatted(criterion, by, order.reason()),
                        by)));
  }

  /** Criteria of a release for which there is something to withdraw. */
  List<String> open(String release) {
    return all.stream()
        .filter(given -> given.order().release().equals(release))
        .filter(given -> !withdrawn.containsKey(given))
        .map(given -> given.order().waiver().criterion())
        .distinct()
        .toList();
  }

  /** Every waiver that was ever given for this, the oldest first. */
  List<Waived> of(Scope scope, Instant now) {
    return within(scope).stream().map(given -> waived(given, now)).toList();
  }

  /** The one of a criterion that holds now. */
  Optional<Waived> covering(Scope scope, String criterion, Instant now) {
    return of(scope, now).stream()
        .filter(one -> one.criterion().equals(criterion) && one.holds())
        .findFirst();
  }

  /** Why no waiver of a criterion holds, for a release that leans on one; empty where one does. */
  Optional<Standing.Stopped> lapse(Scope scope, String criterion, Instant now) {
    if (covering(scope, criterion, now).isPresent()) {
      return Optional.empty();
    }
    List<Given> about =
        within(scope).stream().filter(given -> given.isAbout(scope.release(), criterion)).toList();
    return Optional.of(
        about.isEmpty()
            ? new Standing.Stopped("nobody waived " + criterion + " for it", "")
            : why(about.getLast(), now).orElseThrow());
  }

  private List<Given> within(Scope scope) {
    return all.stream()
        .filter(
            given -> {
              Waiver waiver = given.order().waiver();
              return new Scope(given.order().release(), waiver.candidate(), waiver.policyDigest())
                  .equals(scope);
            })
        .toList();
  }

  private Waived waived(Given given, Instant now) {
    Order order = given.order();
    return new Waived(
        order.waiver().criterion(),
        order.reason(),
        given.by(),
        order.created(),
        order.waiver().until(),
        why(given, now).map(Standing.Stopped::reason).orElse(""));
  }

  /** Why a waiver does not hold at a time. */
  private Optional<Standing.Stopped> why(Given given, Instant now) {
    Order order = given.order();
    Waiver waiver = order.waiver();
    Standing.Stopped gone = withdrawn.get(given);
    if (gone != null) {
      return Optional.of(gone);
    }
    if (!waiver.until().isAfter(now)) {
      return Optional.of(
          new Standing.Stopped(
              "the waiver of %s ended at %s".formatted(waiver.criterion(), waiver.until()), ""));
    }
    if (order.created().isAfter(now.plus(CLOCKS_DIFFER))) {
      return Optional.of(
          new Standing.Stopped(
              "the waiver of %s is from the future: %s"
                  .formatted(waiver.criterion(), order.created()),
              ""));
    }
    // The next board has not agreed to bear it.
    return order.boardVersion() == boards.current().version()
        ? Optional.empty()
        : Optional.of(
            new Standing.Stopped(
                "the waiver of %s was given by version %d of the board, in force is version %d"
                    .formatted(
                        waiver.criterion(), order.boardVersion(), boards.current().version()),
                ""));
  }
}
