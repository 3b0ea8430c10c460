package dev.forefront.release;

import java.util.List;

/**
 * @param reasons every reason that was found, at least one
 */
public record Refused(List<String> reasons) implements Decision, Proposal {

  public Refused {
    reasons = List.copyOf(reasons);
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("a refusal has a reason");
    }
  }
}
