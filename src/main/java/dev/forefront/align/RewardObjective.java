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
 * {@link RewardLoss} over the pairs of each update.
 *
 * @param length most places of a row
 */
record RewardObjective(
    List<Pair> pairs, PairOrder order, RewardLoss loss, int length, Recall recall)
    implements Objective {

  @Override
  public Measured gradients(Transformer model, int step) {
    List<Pair> seen = order.at(step).stream().map(pairs::get).toList();
    ReplyBatch batch = Rewards.batch(seen, length);
    float[] margins = new float[seen.size()];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = (float) seen.get(i).margin();
    }
    try (Pass pass = model.pass(LanguageModeling.input(batch.tokens()), recall)) {
      RewardLoss.Value value = loss.value(Rewards.of(model, pass.hidden(), batch), margins);
      pass.backward(value.loss(), Tensor.ones());
      return new Measured(
          value.loss().item(),
          (long) batch.tokens().rows() * batch.tokens().length(),
          value.figures());
    }
  }
}
