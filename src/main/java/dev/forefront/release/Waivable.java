package dev.forefront.release;

import java.util.List;

/**
 * What a proposal misses that the board's larger quorum could waive, and what the waiver must name.
 *
 * @param candidate digest of the files that were proposed
 * @param policyDigest of the policy that they miss
 * @param criteria of that policy; empty where nothing of what is missed can be waived
 */
public record Waivable(String candidate, String policyDigest, List<String> criteria) {

  public Waivable {
    criteria = List.copyOf(criteria);
  }
}
