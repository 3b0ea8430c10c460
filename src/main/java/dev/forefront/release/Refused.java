package dev.forefront.release;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param reasons every reason that was found, at least one
 * @param waivable what among them a board could waive; null where that was not looked for
 */
public record Refused(List<String> reasons, @Nullable Waivable waivable)
    implements Decision, Proposal {

  public Refused(List<String> reasons) {
    this(reasons, null);
  }

  public Refused {
    reasons = List.copyOf(reasons);
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("a refusal has a reason");
    }
  }
}
