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
   * @param chosenRewards {@code [pairs]}: beta times the log-ratio of policy and start model
   * @param rejectedRewards likewise
   * @param margins the former minus the latter
   */
  record Value(Tensor loss, Tensor chosenRewards, Tensor rejectedRewards, Tensor margins) {

    /** Share of pairs whose chosen reply has the higher reward. */
    double accuracy() {
      int right = 0;
      float[] all = margins.floats();
      for (float margin : all) {
        right += margin > 0 ? 1 : 0;
      }
      return right / (double) all.length;
    }
  }

  /**
   * @param policy log-probability of each reply under the policy, {@code [2 * pairs]}: the chosen
   *     ones, then the rejected ones
   * @param start the same under the start model, without history
   * @param chosenTokens counted tokens of all chosen replies together
   */
  Value value(Tensor policy, Tensor start, long chosenTokens) {
    long pairs = policy.count() / 2;
    Tensor rewards = policy.minus(start).times(beta);
    Tensor chosen = rewards.narrow(0, 0, pairs);
    Tensor rejected = rewards.narrow(0, pairs, pairs);
    Tensor margins = chosen.minus(rejected);
    Tensor loss = margins.logSigmoid().mean().times(labelSmoothing - 1);
    if (labelSmoothing > 0) {
      loss = loss.plus(margins.negate().logSigmoid().mean().times(-labelSmoothing));
    }
    if (supervisedWeight > 0) {
      Tensor likelihood = policy.narrow(0, 0, pairs).sum();
      loss = loss.plus(likelihood.times(-supervisedWeight / chosenTokens));
    }
    return new Value(loss, chosen.detach(), rejected.detach(), margins.detach());
  }
}
