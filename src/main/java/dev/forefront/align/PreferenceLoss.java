package dev.forefront.align;

import dev.forefront.tensor.Tensor;
import dev.forefront.train.PreferenceSettings;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What pairs of replies teach; {@link #of} says which published loss is which. */
sealed interface PreferenceLoss permits StartLoss, ContrastiveLoss, OddsRatioLoss {

  /**
   * The loss, differentiable, and what people watch.
   *
   * @param loss one number
   * @param scores {@code [2 * pairs]}: what the loss takes for the replies' log-probabilities, the
   *     chosen ones and then the rejected ones
   * @param rewards {@code [2 * pairs]}: what the policy promises for each reply
   * @param further figures of this loss alone, each one number
   */
  record Value(Tensor loss, Tensor scores, Tensor rewards, Map<String, Tensor> further) {

    /** By the names that the field knows from TRL. */
    Map<String, Double> figures() {
      Map<String, Double> figures = new TreeMap<>();
      Tensor margins = Replies.margins(rewards);
      figures.put("rewards/chosen", Replies.chosen(rewards).mean().item());
      figures.put("rewards/rejected", Replies.rejected(rewards).mean().item());
      figures.put("rewards/margins", margins.mean().item());
      figures.put("rewards/accuracies", accuracy(margins));
      figures.put("logps/chosen", Replies.chosen(scores).mean().item());
      figures.put("logps/rejected", Replies.rejected(scores).mean().item());
      further.forEach((name, figure) -> figures.put(name, figure.item()));
      return figures;
    }

    /** Share of pairs whose chosen reply has the higher reward. */
    private static double accuracy(Tensor margins) {
      int right = 0;
      float[] all = margins.floats();
      for (float margin : all) {
        right += margin > 0 ? 1 : 0;
      }
      return right / (double) all.length;
    }
  }

  static PreferenceLoss of(PreferenceSettings settings) {
    double beta = settings.beta();
    double doubt = settings.labelSmoothing();
    return switch (settings.loss()) {
      case SIGMOID -> start(settings, ratios -> Formulas.logistic(ratios.margins(), doubt));
      case SIGMOID_NORM ->
          start(settings, ratios -> Formulas.logistic(ratios.marginsPerToken(), doubt));
      case ROBUST -> start(settings, ratios -> Formulas.robust(ratios.margins(), doubt));
      case EXO_PAIR -> start(settings, ratios -> Formulas.exo(ratios.margins(), doubt));
      case HINGE -> start(settings, ratios -> Formulas.hinge(ratios.margins()));
      case IPO -> start(settings, ratios -> Formulas.identity(ratios.marginsPerToken(), beta));
      case DISCOPOP -> start(settings, ratios -> Formulas.discopop(ratios.margins()));
      case NCA_PAIR ->
          start(settings, ratios -> Formulas.nca(ratios.chosenRewards(), ratios.rejectedRewards()));
      case SPPO_HARD ->
          start(
              settings,
              ratios -> Formulas.sppo(ratios.chosenRewards(), ratios.rejectedRewards(), beta));
      case APO_ZERO ->
          start(
              settings,
              ratios -> Formulas.apoZero(ratios.chosenRewards(), ratios.rejectedRewards()));
      case APO_DOWN ->
          start(
              settings,
              ratios -> Formulas.apoDown(ratios.chosenRewards(), ratios.rejectedRewards()));
      case AOT -> start(settings, ratios -> Formulas.logistic(ratios.sortedMargins(), doubt));
      case AOT_UNPAIRED ->
          start(settings, ratios -> Formulas.logistic(ratios.sortedRewardMargins(), doubt));
      case ORPO -> new OddsRatioLoss(beta, settings.supervisedWeight());
      case SIMPO ->
          alone(
              settings,
              Replies::means,
              margins -> Formulas.logistic(margins.plus(-settings.gamma()), doubt));
      case CPO -> alone(settings, Replies::sums, margins -> Formulas.logistic(margins, doubt));
      case CPO_HINGE -> alone(settings, Replies::sums, Formulas::hinge);
      case CPO_IPO -> alone(settings, Replies::means, margins -> Formulas.identity(margins, beta));
      case KTO, APO_ZERO_UNPAIRED, REWARD ->
          throw new IllegalArgumentException(settings.loss() + " teaches no writing by pairs");
    };
  }

  private static StartLoss start(PreferenceSettings settings, StartLoss.Formula formula) {
    return new StartLoss(formula, settings.beta(), settings.supervisedWeight());
  }

  private static ContrastiveLoss alone(
      PreferenceSettings settings,
      Function<Replies, Tensor> scores,
      UnaryOperator<Tensor> formula) {
    return new ContrastiveLoss(formula, scores, settings.beta(), settings.supervisedWeight());
  }
}
