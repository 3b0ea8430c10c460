package dev.forefront.align;

import dev.forefront.align.Pairs.Pair;
import dev.forefront.model.Pass;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Objective;
import java.util.List;
import java.util.Map;

/**
 * {@link PreferenceLoss} over the pairs of each update. Its figures carry the names that the field
 * knows from TRL.
 *
 * @param length most places of a row
 */
record PreferenceObjective(
    List<Pair> pairs,
    StartScores start,
    PairOrder order,
    PreferenceLoss loss,
    int length,
    Recall recall)
    implements Objective {

  @Override
  public Measured gradients(Transformer policy, int step) {
    List<Integer> indices = order.at(step);
    PairBatch batch = PairBatch.of(indices.stream().map(pairs::get).toList(), length);
    try (Pass pass = policy.pass(LanguageModeling.input(batch.tokens()), recall)) {
      Tensor scores = ReplyScores.of(policy, pass.hidden(), batch);
      PreferenceLoss.Value value = value(scores, indices, batch);
      pass.backward(value.loss(), Tensor.ones());
      return measured(scores, value, batch);
    }
  }

  private PreferenceLoss.Value value(Tensor scores, List<Integer> indices, PairBatch batch) {
    Tensor startScores = Tensor.of(start.at(indices), scores.count());
    return loss.value(scores, startScores, batch.chosenTokens());
  }

  private static Measured measured(Tensor scores, PreferenceLoss.Value value, PairBatch batch) {
    long half = scores.count() / 2;
    return new Measured(
        value.loss().item(),
        (long) batch.tokens().rows() * batch.tokens().length(),
        Map.of(
            "rewards/chosen", value.chosenRewards().mean().item(),
            "rewards/rejected", value.rejectedRewards().mean().item(),
            "rewards/margins", value.margins().mean().item(),
            "rewards/accuracies", value.accuracy(),
            "logps/chosen", scores.narrow(0, 0, half).mean().item(),
            "logps/rejected", scores.narrow(0, half, half).mean().item()));
  }
}
