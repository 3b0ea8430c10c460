package dev.forefront.align;

import dev.forefront.align.Pairs.Pair;
import dev.forefront.model.Pass;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Objective;
import java.util.List;

/**
 * {@link PreferenceLoss} over the pairs of each update. Its figures carry the names that the field
 * knows from TRL.
 *
 * @param start asked only by a loss that reads it
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
    ReplyBatch batch = ReplyBatch.of(indices.stream().map(pairs::get).toList(), length);
    try (Pass pass = policy.pass(LanguageModeling.input(batch.tokens()), recall)) {
      PreferenceLoss.Value value =
          value(loss, policy, pass.hidden(), batch, () -> start.at(indices));
      pass.backward(value.loss(), Tensor.ones());
      return new Measured(
          value.loss().item(),
          (long) batch.tokens().rows() * batch.tokens().length(),
          value.figures());
    }
  }

  /** What the start model said of a batch's replies. */
  @FunctionalInterface
  interface Start {
    float[] scores();
  }

  /**
   * @param hidden_BTD of the batch, as the policy read it
   * @param start asked only where the loss reads it
   */
  static PreferenceLoss.Value value(
      PreferenceLoss loss, Transformer policy, Tensor hidden_BTD, ReplyBatch batch, Start start) {
    Replies replies = new Replies(ReplyScores.of(policy, hidden_BTD, batch), batch.counted());
    return switch (loss) {
      case StartLoss relative ->
          relative.value(replies, Tensor.of(start.scores(), batch.replies()));
      case ContrastiveLoss contrastive -> contrastive.value(replies);
      case OddsRatioLoss odds ->
          odds.value(replies, ReplyScores.prompts(policy, hidden_BTD, batch));
    };
  }
}
