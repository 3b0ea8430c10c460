package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The policies that a board adopted, in order. Of each name the newest is in force. A policy that
 * asks for less than every one in force takes the larger quorum: under any other, nothing gets out
 * that could not get out before.
 */
final class Adoptions {
  private final List<Adopted> all = new ArrayList<>();
  private final Map<String, Policy> inForce = new LinkedHashMap<>();

  /**
   * @param version how many of its name there are with it
   */
  record Adopted(Policy policy, Order order, long version) {}

  void add(Order order) {
    Order.Adoption adoption = order.adoption();
    Policy policy = adoption.policy();
    if (adoption.version() != nextVersion(policy.name())) {
      throw new BadInputException(
          "version %d of the policy \"%s\" does not follow on the versions before it"
              .formatted(adoption.version(), policy.name()));
    }
    all.add(new Adopted(policy, order, adoption.version()));
    inForce.put(policy.name(), policy);
  }

  long nextVersion(String name) {
    return 1 + all.stream().filter(one -> one.policy().name().equals(name)).count();
  }

  /** Which quorum an adoption takes. */
  Purpose purpose(Order order) {
    return weaknesses(order.adoption().policy()).isEmpty() ? Purpose.RELEASE : Purpose.LARGER;
  }

  /**
   * How a policy asks for less than the one in force that has its name, or else than the first;
   * empty where there is one in force than which it asks for no less.
   */
  List<String> weaknesses(Policy policy) {
    List<String> shown = List.of();
    boolean judges = false;
    for (Policy older : inForce.values()) {
      if (older.isForJudges() && !policy.isForJudges()) {
        // Who asks no less than of a judge may ask nothing of what people talk to.
        judges = true;
        continue;
      }
      List<String> against = policy.weaknessesAgainst(older);
      if (against.isEmpty()) {
        return List.of();
      }
      if (shown.isEmpty() || older.name().equals(policy.name())) {
        shown = against;
      }
    }
    return shown.isEmpty() && judges
        ? List.of("the only policy in force is for models that judge")
        : shown;
  }

  boolean isInForce(Policy policy) {
    Policy now = inForce.get(policy.name());
    return now != null && now.digest().equals(policy.digest());
  }

  /** One that the board adopted at some time. */
  Optional<Policy> ofDigest(String digest) {
    return all.stream()
        .map(Adopted::policy)
        .filter(policy -> policy.digest().equals(digest))
        .findFirst();
  }

  List<Adopted> all() {
    return List.copyOf(all);
  }

  /** Why a release's policy does not do; empty where it does. */
  Optional<String> reason(Statement statement, String statementDigest) {
    int at = all.size() - 1;
    while (at >= 0 && !all.get(at).policy().digest().equals(statement.policyDigest())) {
      at--;
    }
    if (at < 0) {
      return Optional.of(
          "the board of this registry never adopted the policy \"%s\" in this version"
              .formatted(statement.policyName()));
    }
    for (Adopted later : all.subList(at + 1, all.size())) {
      Order.Adoption adoption = later.order().adoption();
      if (later.policy().name().equals(all.get(at).policy().name())
          && !statementDigest.equals(adoption.carried().get(statement.name()))) {
        return Optional.of(
            "version %d of the policy \"%s\" replaced the one it was let out under, and did not carry it over"
                .formatted(later.version(), later.policy().name()));
      }
    }
    return Optional.empty();
  }
}
