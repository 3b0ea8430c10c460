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
   * @return {@code [replies]}, in the batch's order
   */
  static Tensor of(Transformer model, ReplyBatch batch) {
    return of(model, model.hidden(LanguageModeling.input(batch.tokens())), batch);
  }

  /** Likewise, where the model has read the batch already. */
  static Tensor of(Transformer model, Tensor hidden_BTD, ReplyBatch batch) {
    return tokens(model, hidden_BTD, batch)
        .view(1, batch.places().length)
        .linear(membership(batch))
        .view(batch.replies());
  }

  /** The log-probability of each counted token, {@code [counted]}, in the order of the places. */
  static Tensor tokens(Transformer model, Tensor hidden_BTD, ReplyBatch batch) {
    return at(model, hidden_BTD, batch.places(), labels(batch.tokens(), batch.places()));
  }

  /** The log-probability of each token that stands before the first replies, but the very first. */
  static Tensor prompts(Transformer model, Tensor hidden_BTD, ReplyBatch batch) {
    return at(model, hidden_BTD, batch.prompts(), next(batch.tokens(), batch.prompts()));
  }

  private static Tensor at(Transformer model, Tensor hidden_BTD, long[] places, long[] tokens) {
    long all = hidden_BTD.size(0) * hidden_BTD.size(1);
    long counted = places.length;
    Tensor hidden_CD =
        hidden_BTD.reshape(all, hidden_BTD.size(2)).indexSelect(0, Tensor.of(places, counted));
    Tensor logits_CV = model.logits(hidden_CD);
    Tensor labels_C1 = Tensor.of(tokens, counted, 1);
    return logits_CV.gather(1, labels_C1).view(counted).minus(logits_CV.logSumExp(1));
  }

  private static long[] labels(TokenBatch tokens, long[] places) {
    return picked(tokens.labels(), places);
  }

  /** What stands right behind the places: they are no sequence's last ones. */
  private static long[] next(TokenBatch tokens, long[] places) {
    long[] behind = places.clone();
    for (int i = 0; i < behind.length; i++) {
      behind[i]++;
    }
    return picked(tokens.ids(), behind);
  }

  private static long[] picked(int[][] rows, long[] places) {
    int length = rows[0].length;
    long[] picked = new long[places.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = rows[(int) (places[i] / length)][(int) (places[i] % length)];
    }
    return picked;
  }

  /** {@code [replies, counted]}: 1 where the token is the sequence's. */
  private static Tensor membership(ReplyBatch batch) {
    int counted = batch.places().length;
    float[] ones = new float[Math.multiplyExact(batch.replies(), counted)];
    for (int i = 0; i < counted; i++) {
      ones[batch.owners()[i] * counted + i] = 1;
    }
    return Tensor.of(ones, batch.replies(), counted);
  }
}
