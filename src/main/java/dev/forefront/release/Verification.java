package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A stranger's look at a release, with no more than its folder and the board's public keys: was it
 * let out properly on the day it was proposed, and why?
 *
 * @param reasons every reason why not; empty where it was
 * @param waivers what it leaned on that day, as that stands now
 */
public record Verification(
    Candidate candidate, List<String> reasons, List<String> signers, List<Waived> waivers) {

  public Verification {
    reasons = List.copyOf(reasons);
    signers = List.copyOf(signers);
    waivers = List.copyOf(waivers);
  }

  public static Verification of(Candidate candidate) {
    return of(candidate, Instant.now());
  }

  static Verification of(Candidate candidate, Instant now) {
    List<String> reasons = Gate.verify(candidate);
    return new Verification(
        candidate,
        reasons,
        reasons.isEmpty() ? signers(candidate) : List.of(),
        waivers(candidate, now));
  }

  private static List<Waived> waivers(Candidate candidate, Instant now) {
    Policy policy = candidate.policy();
    if (policy == null) {
      return List.of();
    }
    List<Waived> given = candidate.ledger().orders().waivers().of(candidate.scope(policy), now);
    if (given.isEmpty()) {
      return given;
    }
    Instant then = Gate.proposed(candidate);
    List<String> leant =
        Evidence.of(candidate, candidate.reports(), policy, then).waived().stream()
            .map(Waived::criterion)
            .toList();
    return given.stream().filter(one -> leant.contains(one.criterion())).toList();
  }

  public boolean isInOrder() {
    return reasons.isEmpty();
  }

  /**
   * Writes the safety case as it stands now.
   *
   * @throws BadInputException where the policy cannot be read: then there is nothing to argue from
   */
  public void writePage(Path file) {
    Policy policy = candidate.policy();
    if (policy == null) {
      throw new BadInputException(
          "no page can be written about %s: %s"
              .formatted(candidate.name(), String.join("; ", candidate.problems())));
    }
    Instant then = Gate.proposed(candidate);
    Evidence evidence = Evidence.of(candidate, candidate.reports(), policy, then);
    Dossier dossier = new Dossier(candidate.name(), candidate, policy, evidence, then);
    AtomicFile.write(file, new SafetyCase(dossier, standing()).html());
  }

  private SafetyCase.Standing standing() {
    Board board = candidate.board();
    return isInOrder()
        ? new SafetyCase.Standing.Verified(
            signers,
            "The board has %d members and asks for %s.%s"
                .formatted(board.members().size(), board.rule("release"), over()))
        : new SafetyCase.Standing.Failed(reasons);
  }

  /** What has become of it since that day. */
  private String over() {
    return waivers.stream()
        .filter(one -> waivers.stream().noneMatch(other -> other.renews(one)))
        .map(one -> " It does not open any more: %s.".formatted(one.ended()))
        .collect(Collectors.joining());
  }

  private static List<String> signers(Candidate candidate) {
    byte[] bytes = candidate.files().texts().get(ReleaseFiles.STATEMENT);
    return bytes == null
        ? List.of()
        : Quorum.of(Envelope.parse(bytes, ReleaseFiles.STATEMENT), candidate.board()).signers();
  }
}
