package dev.forefront.align;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;

/** How likely a model finds the replies of a batch, differentiable. */
final class ReplyScores {

  private ReplyScores() {}

  /**
   * The sum of the log-probabilities of each reply's counted tokens.
   *
   * @return {@code [2 * pairs]}: the chosen ones, then the rejected ones
   */
  static Tensor of(Transformer model, PairBatch batch) {
    return of(model, model.hidden(LanguageModeling.input(batch.tokens())), batch);
  }

  /** Likewise, where the model has read the batch already. */
  static Tensor of(Transformer model, Tensor hidden_BTD, PairBatch batch) {
    return tokens(model, hidden_BTD, batch)
        .view(1, batch.places().length)
        .linear(membership(batch))
        .view(2L * batch.pairs());
  }

  /** The log-probability of each counted token, {@code [counted]}, in the order of the places. */
  static Tensor tokens(Transformer model, Tensor hidden_BTD, PairBatch batch) {
    TokenBatch tokens = batch.tokens();
    long places = (long) tokens.rows() * tokens.length();
    long counted = batch.places().length;
    Tensor hidden_CD =
        hidden_BTD
            .reshape(places, hidden_BTD.size(2))
            .indexSelect(0, Tensor.of(batch.places(), counted));
    Tensor logits_CV = model.logits(hidden_CD);
    Tensor labels_C1 = Tensor.of(labels(batch), counted, 1);
    return logits_CV.gather(1, labels_C1).view(counted).minus(logits_CV.logSumExp(1));
  }

  private static long[] labels(PairBatch batch) {
    int length = batch.tokens().length();
    long[] labels = new long[batch.places().length];
    for (int i = 0; i < labels.length; i++) {
      long place = batch.places()[i];
      labels[i] = batch.tokens().labels()[(int) (place / length)][(int) (place % length)];
    }
    return labels;
  }

  /** {@code [2 * pairs, counted]}: 1 where the token is the sequence's. */
  private static Tensor membership(PairBatch batch) {
    int counted = batch.places().length;
    float[] ones = new float[Math.multiplyExact(2 * batch.pairs(), counted)];
    for (int i = 0; i < counted; i++) {
      ones[batch.owners()[i] * counted + i] = 1;
    }
    return Tensor.of(ones, 2L * batch.pairs(), counted);
  }
}
