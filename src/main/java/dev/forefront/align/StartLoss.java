package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import java.util.Map;

/**
 * A loss of how far the policy went from the start model: DPO (Rafailov et al. 2023) and what came
 * of it. Where wanted, the likelihood of the chosen reply is added (Pang et al. 2024, iterative
 * reasoning preference optimization).
 *
 * @param beta strength of the pull towards the start model
 * @param supervisedWeight of the mean negative log-likelihood of the chosen replies' tokens
 */
record StartLoss(Formula formula, double beta, double supervisedWeight) implements PreferenceLoss {

  /** One of {@link Formulas}. */
  @FunctionalInterface
  interface Formula {
    Tensor of(LogRatios ratios);
  }

  /**
   * @param start log-probability of each reply under the start model, {@code [2 * pairs]}, without
   *     history
   */
  Value value(Replies policy, Tensor start) {
    LogRatios ratios = new LogRatios(policy, start, beta);
    Tensor loss = formula.of(ratios);
    if (supervisedWeight > 0) {
      Tensor likelihood = Replies.chosen(policy.sums()).sum();
      loss = loss.plus(likelihood.times(-supervisedWeight / policy.chosenTokens()));
    }
    return new Value(loss, policy.sums().detach(), ratios.rewards().detach(), Map.of());
  }
}
