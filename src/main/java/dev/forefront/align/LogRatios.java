package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How far the policy went from the start model on the replies of some pairs.
 *
 * @param policy differentiable
 * @param start log-probability of each reply under the start model, {@code [2 * pairs]}, without
 *     history
 * @param beta what turns log-ratios into rewards
 */
record LogRatios(Replies policy, Tensor start, double beta) {

  /** Rafailov et al. 2023, section 4: {@code [2 * pairs]}. */
  Tensor rewards() {
    return policy.sums().minus(start).times(beta);
  }

  Tensor chosenRewards() {
    return Replies.chosen(rewards());
  }

  Tensor rejectedRewards() {
    return Replies.rejected(rewards());
  }

  /** {@code [pairs]}: by how much the chosen reply's reward is higher. */
  Tensor margins() {
    return Replies.margins(rewards());
  }

  /** Likewise, of rewards per token. */
  Tensor marginsPerToken() {
    return Replies.margins(policy.perToken(rewards()));
  }

  /**
   * The smallest margin of the policy against the smallest of the start model, and so on: {@code
   * [pairs]} (Melnyk et al. 2024, paired).
   */
  Tensor sortedMargins() {
    return rising(Replies.margins(policy.sums())).minus(rising(Replies.margins(start))).times(beta);
  }

  /** The smallest reward of a chosen reply against the smallest of a rejected one (unpaired). */
  Tensor sortedRewardMargins() {
    return rising(chosenRewards()).minus(rising(rejectedRewards()));
  }

  /** The same numbers in rising order, differentiable; equal ones stay in theirs. */
  private static Tensor rising(Tensor values) {
    float[] all = values.floats();
    long[] order =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> all[i]))
            .mapToLong(Integer::longValue)
            .toArray();
    return values.indexSelect(0, Tensor.of(order, order.length));
  }
}
