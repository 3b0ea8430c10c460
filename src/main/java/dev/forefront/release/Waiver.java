package dev.forefront.release;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a board's larger quorum signs where one release need not meet one criterion for a while. It
 * is bound to exactly these files under exactly this policy, and to an end.
 *
 * @param candidate digest of the release's files without its papers; see {@link
 *     ReleaseFiles#candidateDigest}
 * @param criterion as {@link Criterion#id} names it
 * @param until from this moment on it says nothing any more
 */
record Waiver(String candidate, String policyDigest, String criterion, Instant until)
    implements Order.Detail {
  static final Duration LONGEST = Duration.ofDays(90);

  static Waiver read(Fields said) {
    return new Waiver(
        said.digest("candidate"),
        said.digest("policy_digest"),
        said.text("criterion"),
        said.time("until"));
  }

  @Override
  public void write(ObjectNode said) {
    said.put("candidate", candidate);
    said.put("policy_digest", policyDigest);
    said.put("criterion", criterion);
    said.put("until", until.toString());
  }

  /**
   * Why nobody can give this waiver, however many sign; empty where the larger quorum can.
   *
   * @param policy that it is about
   */
  List<String> problems(Policy policy, Instant created) {
    List<String> problems = new ArrayList<>();
    if (!Fields.isDigest(candidate)) {
      problems.add("its candidate must be sha256: and 64 hex digits, not " + candidate);
    }
    if (!until.isAfter(created)) {
      problems.add("its end %s is not after %s, when it was written".formatted(until, created));
    } else if (Duration.between(created, until).compareTo(LONGEST) > 0) {
      problems.add(
          "it would hold until %s: a waiver holds %d days at most"
              .formatted(until, LONGEST.toDays()));
    }
    Optional<Criterion> waived =
        policy.criteria().stream().filter(one -> one.id().equals(criterion)).findFirst();
    if (waived.isEmpty()) {
      problems.add("the policy \"%s\" has no criterion \"%s\"".formatted(policy.name(), criterion));
    } else if (!waived.get().waivable()) {
      problems.add(
          "the policy \"%s\" marks %s as one that is never waived"
              .formatted(policy.name(), criterion));
    } else {
      policy
          .bareSide(Set.of(criterion))
          .ifPresent(side -> problems.add(criterion + " is the policy's last on " + side));
    }
    return problems;
  }
}
