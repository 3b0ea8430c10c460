package dev.forefront.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a policy's witnesses say of a log whose lines have the roots of all these checkpoints. Who
 * cosigned more entries vouches for fewer too, since a witness cosigns only what continues what it
 * saw.
 *
 * @param size the first entries for which enough witnesses vouch
 * @param seen by whom, what and when
 */
record WitnessStand(WitnessPolicy policy, long size, List<Verification.Witnessed> seen) {

  static WitnessStand of(WitnessPolicy policy, List<Checkpoint> checkpoints) {
    Map<WitnessPolicy.Witness, Long> sizes = new HashMap<>();
    List<Verification.Witnessed> seen = new ArrayList<>();
    List<Checkpoint> newestFirst = new ArrayList<>(checkpoints);
    newestFirst.sort(Comparator.comparingLong(Checkpoint::size).reversed());
    for (WitnessPolicy.Witness witness : policy.witnesses().values()) {
      for (Checkpoint checkpoint : newestFirst) {
        Optional<Instant> time = checkpoint.cosigned(witness.key());
        if (time.isPresent()) {
          sizes.put(witness, checkpoint.size());
          seen.add(new Verification.Witnessed(witness.key().name(), checkpoint.size(), time.get()));
          break;
        }
      }
    }
    long size =
        sizes.values().stream()
            .filter(
                one -> policy.isMet(witness -> sizes.getOrDefault(witness, -1L).longValue() >= one))
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
    return new WitnessStand(policy, policy.needsNobody() ? 0 : size, List.copyOf(seen));
  }

  boolean isEnough() {
    return policy.needsNobody() || size > 0;
  }

  String complaint() {
    List<String> silent =
        policy.witnesses().values().stream()
            .map(witness -> witness.key().name())
            .filter(name -> seen.stream().noneMatch(one -> one.witness().equals(name)))
            .toList();
    return "not enough witnesses cosigned a checkpoint that is here: there is none by "
        + String.join(", ", silent);
  }
}
