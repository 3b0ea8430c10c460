package dev.forefront.release;

import java.time.Instant;
import java.util.List;

/**
 * A waiver as people are told of it.
 *
 * @param criterion of the policy that the release need not meet
 * @param reason why not, in the board's words
 * @param by names of the members who signed
 * @param since when it was written
 * @param until its end
 * @param ended why it does not hold any more, or not yet; empty while it holds
 */
public record Waived(
    String criterion, String reason, List<String> by, Instant since, Instant until, String ended) {

  public Waived {
    by = List.copyOf(by);
  }

  public boolean holds() {
    return ended.isEmpty();
  }

  /** Whether this one holds, so that it is no matter whether the other one does. */
  boolean renews(Waived other) {
    return holds() && criterion.equals(other.criterion);
  }

  /** One line. */
  @Override
  public String toString() {
    return "%s, until %s, by %s: %s%s"
        .formatted(
            criterion,
            until,
            String.join(", ", by),
            reason,
            holds() ? "" : " [does not hold: " + ended + "]");
  }
}
