package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import java.util.Map;

/**
 * ORPO (Hong et al. 2024, equations 6 and 7): supervised tuning on the chosen replies and their
 * prompts, and the odds of the chosen reply over those of the rejected one, by means over tokens.
 * There is no start model, so that it may follow pretraining at once.
 *
 * @param beta weight of the odds; the paper's lambda
 * @param supervisedWeight weight of the likelihood; 1 in the paper
 */
record OddsRatioLoss(double beta, double supervisedWeight) implements PreferenceLoss {

  /**
   * @param prompts log-probability of each token that stands before the chosen replies
   */
  Value value(Replies policy, Tensor prompts) {
    Tensor means = policy.means();
    Tensor logOdds = Replies.margins(means.minus(means.logOneMinusExp()));
    Tensor ratio = logOdds.logSigmoid().mean();
    Tensor unlikelihood =
        Replies.chosen(policy.sums())
            .sum()
            .plus(prompts.sum())
            .times(-1.0 / (policy.chosenTokens() + prompts.count()));
    Tensor loss = unlikelihood.times(supervisedWeight).minus(ratio.times(beta));
    return new Value(
        loss,
        means.detach(),
        means.detach().times(beta),
        Map.of(
            "nll_loss", unlikelihood.detach(),
            "log_odds_ratio", ratio.detach(),
            "log_odds_chosen", logOdds.mean().detach()));
  }
}
