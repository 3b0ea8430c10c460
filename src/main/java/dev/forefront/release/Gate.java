package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The one place where a model becomes a release. It asks for evidence (reports about exactly this
 * model that meet the policy), for integrity (every file has the digest in the statement), and for
 * consent (enough of the board signed exactly this statement). Whatever is missing, stale, foreign,
 * malformed or uncertain is a reason to refuse, and all reasons are named.
 */
public final class Gate {
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private Gate() {}

  /** Decides about a candidate as its folder presents it, now. */
  public static Decision decide(Candidate candidate) {
    return decide(candidate, Clock.systemUTC());
  }

  /**
   * @param clock what is let out goes on looking at it, to end what ends
   */
  static Decision decide(Candidate candidate, Clock clock) {
    Policy policy = candidate.policy();
    if (policy == null) {
      return new Refused(candidate.problems());
    }
    return decide(candidate, candidate.reports(), policy, clock);
  }

  /**
   * Decides about a candidate on the evidence of these reports under this policy; both must be the
   * ones that the board signed.
   */
  public static Decision decide(Candidate candidate, List<Report> reports, Policy policy) {
    return decide(candidate, reports, policy, Clock.systemUTC());
  }

  private static Decision decide(
      Candidate candidate, List<Report> reports, Policy policy, Clock clock) {
    Instant now = clock.instant();
    Evidence evidence = evidence(candidate, reports, policy, now);
    List<String> reasons = new ArrayList<>(evidence.reasons());
    reasons.addAll(candidate.ledger().boardReasons(now));
    candidate.ledger().orders().against(candidate.name()).stream()
        .map(Standing.Stopped::reason)
        .forEach(reasons::add);
    byte[] bytes = candidate.files().texts().get(ReleaseFiles.STATEMENT);
    if (bytes == null) {
      reasons.add(ReleaseFiles.STATEMENT + " is missing: nobody proposed this");
      return refused(reasons);
    }
    Envelope envelope;
    Statement statement;
    try {
      envelope = Envelope.parse(bytes, ReleaseFiles.STATEMENT);
      statement = Statement.parse(envelope.payload());
    } catch (BadInputException e) {
      reasons.add(String.valueOf(e.getMessage()));
      return refused(reasons);
    }
    reasons.addAll(integrity(candidate, reports, policy, statement, now));
    Quorum quorum = candidate.ledger().consent(envelope, statement);
    reasons.addAll(quorum.reasons());
    return reasons.isEmpty()
        ? new Admitted(
            Release.admitted(
                candidate, statement, envelope, quorum.signers(), evidence.waived(), clock))
        : refused(reasons);
  }

  /**
   * Whether a release was let out properly, for an auditor with no more than the board's public
   * keys: like {@link #decide(Candidate)}, but the reports' age is taken at the time of the
   * statement, so the answer does not change as the release grows old.
   *
   * @return every reason why not; empty where it was
   */
  public static List<String> verify(Candidate candidate) {
    return switch (decide(candidate, Clock.fixed(proposed(candidate), ZoneOffset.UTC))) {
      case Admitted _ -> List.of();
      case Refused refused -> refused.reasons();
    };
  }

  /** When the statement was written, as far as it can be read and is no later than now. */
  static Instant proposed(Candidate candidate) {
    Instant now = Instant.now();
    byte[] bytes = candidate.files().texts().get(ReleaseFiles.STATEMENT);
    if (bytes == null) {
      return now;
    }
    try {
      Envelope envelope = Envelope.parse(bytes, ReleaseFiles.STATEMENT);
      Instant created = Statement.parse(envelope.payload()).created();
      return created.isBefore(now) ? created : now;
    } catch (BadInputException e) {
      // The decision names it.
      return now;
    }
  }

  /** The evidence, with all that is wrong with the folder among its reasons. */
  static Evidence evidence(Candidate candidate, List<Report> reports, Policy policy, Instant now) {
    List<String> folder = new ArrayList<>(candidate.files().problems());
    folder.addAll(candidate.problems());
    return Evidence.of(candidate, reports, policy, now).with(folder);
  }

  /** Why folder and statement do not belong together; empty where they do. */
  static List<String> integrity(
      Candidate candidate, List<Report> reports, Policy policy, Statement statement, Instant now) {
    List<String> reasons = new ArrayList<>(candidate.files().differences(statement.files()));
    if (!statement.name().equals(candidate.name())) {
      reasons.add(
          "the statement is about \"%s\", the folder is named \"%s\""
              .formatted(statement.name(), candidate.name()));
    }
    if (!statement.modelDigest().equals(candidate.modelDigest())) {
      reasons.add("the model is another one than the one in the statement");
    }
    if (!statement.policyDigest().equals(policy.digest())
        || !statement.policyName().equals(policy.name())) {
      reasons.add("the policy is another one than the one in the statement");
    }
    if (!digests(reports).equals(listed(statement))) {
      reasons.add("the reports are not all of those in the statement, and no others");
    }
    Board board = candidate.ledger().boardOf(statement);
    if (!statement.boardDigest().equals(board.digest())
        || statement.demoBoard() != board.isDemo()) {
      reasons.add("the statement is for another board than \"" + board.name() + "\"");
    }
    if (statement.created().isAfter(now.plus(CLOCKS_DIFFER))) {
      reasons.add("the statement is from the future: " + statement.created());
    }
    return reasons;
  }

  private static Set<String> digests(List<Report> reports) {
    return reports.stream().map(Report::digest).collect(Collectors.toSet());
  }

  private static Set<String> listed(Statement statement) {
    return statement.files().entrySet().stream()
        .filter(file -> ReleaseFiles.isReport(file.getKey()))
        .map(file -> "sha256:" + file.getValue())
        .collect(Collectors.toSet());
  }

  private static Refused refused(List<String> reasons) {
    return new Refused(List.copyOf(new LinkedHashSet<>(reasons)));
  }
}
