package dev.forefront.align;

import dev.forefront.tensor.Tensor;

/**
 * Direct preference optimization: Rafailov et al. 2023, equation 7, with the label smoothing of
 * Mitchell's note on conservative DPO and, where wanted, the likelihood of the chosen reply added
 * (Pang et al. 2024, iterative reasoning preference optimization).
 *
 * @param beta strength of the pull towards the start model
 * @param labelSmoothing share of pairs taken to be labelled the wrong way round
 * @param supervisedWeight of the mean negative log-likelihood of the chosen replies' tokens
 */
record PreferenceLoss(double beta, double labelSmoothing, double supervisedWeight) {

  /**
   * The loss, differentiable, and what people watch.
   *
   * @param loss one number
   * @param margins {@code [pairs]}: rewards of the chosen minus those of the rejected
   */
  record Value(Tensor loss, Tensor chosenRewards, Tensor rejectedRewards, Tensor margins) {}

  /**
   * @param chosen log-probability of each chosen reply under the policy, {@code [pairs]}
   * @param rejected likewise
   * @param startChosen the same under the start model, without history
   * @param chosenTokens counted tokens of all chosen replies together
   */
  Value value(
      Tensor chosen, Tensor rejected, Tensor startChosen, Tensor startRejected, long chosenTokens) {
    Tensor chosenRewards = chosen.minus(startChosen).times(beta);
    Tensor rejectedRewards = rejected.minus(startRejected).times(beta);
    Tensor margins = chosenRewards.minus(rejectedRewards);
    Tensor loss = margins.logSigmoid().times(-(1 - labelSmoothing)).mean();
    if (labelSmoothing > 0) {
      loss = loss.plus(margins.negate().logSigmoid().times(-labelSmoothing).mean());
    }
    if (supervisedWeight > 0) {
      loss = loss.plus(chosen.sum().times(-supervisedWeight / chosenTokens));
    }
    return new Value(loss, chosenRewards.detach(), rejectedRewards.detach(), margins.detach());
  }
}
