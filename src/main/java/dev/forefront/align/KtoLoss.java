package dev.forefront.align;

import dev.forefront.data.Judged;
import dev.forefront.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * KTO (Ethayarajh et al. 2024): a desirable reply is to be worth more than what the policy gained
 * on average, an undesirable one less. With a gain of 0 it is the unpaired form of APO-zero
 * (D'Oosterlinck et al. 2024, equation 7).
 *
 * @param beta strength of the pull towards the start model
 * @param desirableWeight of each desirable reply's loss
 * @param undesirableWeight of each undesirable reply's
 */
record KtoLoss(double beta, double desirableWeight, double undesirableWeight) {

  /**
   * @param loss one number, differentiable
   * @param figures by the names that the field knows from TRL; a label that no reply has has none
   */
  record Value(Tensor loss, Map<String, Double> figures) {}

  /**
   * @param policy log-probability of each reply under the policy, {@code [replies]}
   * @param start the same under the start model, without history
   * @param gain of log-ratio that any reply has on average, at least 0: an estimate of the
   *     Kullback-Leibler divergence from the start model
   */
  Value value(Tensor policy, Tensor start, double gain, List<Judged.Label> labels) {
    Tensor ratios = policy.minus(start);
    Tensor worth = ratios.plus(-gain).times(signs(labels)).times(beta).sigmoid();
    Tensor loss = worth.negate().plus(1).times(weights(labels)).mean();
    return new Value(loss, figures(ratios.times(beta).floats(), policy.detach().floats(), labels));
  }

  private static Tensor signs(List<Judged.Label> labels) {
    return perReply(labels, 1, -1);
  }

  private Tensor weights(List<Judged.Label> labels) {
    return perReply(labels, desirableWeight, undesirableWeight);
  }

  private static Tensor perReply(List<Judged.Label> labels, double desirable, double undesirable) {
    float[] all = new float[labels.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          (float)
              switch (labels.get(i)) {
                case DESIRABLE -> desirable;
                case UNDESIRABLE -> undesirable;
              };
    }
    return Tensor.of(all, all.length);
  }

  private static Map<String, Double> figures(
      float[] rewards, float[] scores, List<Judged.Label> labels) {
    Map<String, Double> figures = new TreeMap<>();
    put(figures, "chosen", Judged.Label.DESIRABLE, rewards, scores, labels);
    put(figures, "rejected", Judged.Label.UNDESIRABLE, rewards, scores, labels);
    Double chosen = figures.get("rewards/chosen");
    Double rejected = figures.get("rewards/rejected");
    if (chosen != null && rejected != null) {
      figures.put("rewards/margins", chosen - rejected);
    }
    return figures;
  }

  private static void put(
      Map<String, Double> figures,
      String name,
      Judged.Label label,
      float[] rewards,
      float[] scores,
      List<Judged.Label> labels) {
    double reward = 0;
    double score = 0;
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (labels.get(i) == label) {
        reward += rewards[i];
        score += scores[i];
        count++;
      }
    }
    if (count > 0) {
      figures.put("rewards/" + name, reward / count);
      figures.put("logps/" + name, score / count);
    }
  }
}
