package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A loss of what the policy itself says of a pair, without any start model: CPO (Xu et al. 2024,
 * contrastive preference optimization), with the likelihood of the chosen reply beside it, and
 * SimPO (Meng et al. 2024, equation 6), which goes by means over tokens and asks for a margin.
 *
 * @param formula one of {@link Formulas}, of the margins
 * @param scores whether sums or means over tokens are compared
 * @param beta what turns scores into rewards
 * @param supervisedWeight of the mean negative log-likelihood of the chosen replies' tokens
 */
record ContrastiveLoss(
    UnaryOperator<Tensor> formula,
    Function<Replies, Tensor> scores,
    double beta,
    double supervisedWeight)
    implements PreferenceLoss {

  Value value(Replies policy) {
    Tensor compared = scores.apply(policy);
    Tensor rewards = compared.times(beta);
    Tensor loss = formula.apply(Replies.margins(rewards));
    if (supervisedWeight == 0) {
      return new Value(loss, compared.detach(), rewards.detach(), Map.of());
    }
    Tensor unlikelihood = Replies.chosen(policy.sums()).sum().times(-1.0 / policy.chosenTokens());
    return new Value(
        loss.plus(unlikelihood.times(supervisedWeight)),
        compared.detach(),
        rewards.detach(),
        Map.of("nll_loss", unlikelihood.detach()));
  }
}
