package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;

/**
 * The reward of the better reply is higher (Bradley and Terry 1952, as in Ouyang et al. 2022,
 * equation 1), by more than a margin where one is known (Touvron et al. 2023, Llama 2, equation 2).
 *
 * @param center weight of the mean squared sum of a pair's rewards, which keeps them near 0
 *     (Eisenstein et al. 2023)
 */
record RewardLoss(double center) {

  /**
   * @param loss one number, differentiable
   * @param figures by the names that the field knows from TRL
   */
  record Value(Tensor loss, Map<String, Double> figures) {}

  /**
   * @param rewards {@code [2 * pairs]}: of the chosen replies, then of the rejected ones
   * @param margins by how much each pair's rewards are to differ at least
   */
  Value value(Tensor rewards, float[] margins) {
    Tensor gains = Replies.margins(rewards);
    Tensor loss = gains.minus(Tensor.of(margins, margins.length)).logSigmoid().mean().negate();
    if (center > 0) {
      Tensor sums = Replies.chosen(rewards).plus(Replies.rejected(rewards));
      loss = loss.plus(sums.square().mean().times(center));
    }
    return new Value(loss, figures(rewards.detach().floats(), gains.detach().floats()));
  }

  private static Map<String, Double> figures(float[] rewards, float[] gains) {
    double least = rewards[0];
    double most = rewards[0];
    double sum = 0;
    for (float reward : rewards) {
      least = Math.min(least, reward);
      most = Math.max(most, reward);
      sum += reward;
    }
    double gained = 0;
    int right = 0;
    for (float gain : gains) {
      gained += gain;
      right += gain > 0 ? 1 : 0;
    }
    Map<String, Double> figures = new TreeMap<>();
    figures.put("min_reward", least);
    figures.put("mean_reward", sum / rewards.length);
    figures.put("max_reward", most);
    figures.put("margin", gained / gains.length);
    figures.put("accuracy", right / (double) gains.length);
    return figures;
  }
}
