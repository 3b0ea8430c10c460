package dev.forefront.train;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Predicting the next token: cross entropy summed over all counted labels of all micro-batches of
 * an update, divided once by their number. A micro-batch in which nothing counts changes nothing.
 *
 * @param batches micro-batches of an update by its step
 */
public record LanguageModeling(IntFunction<List<TokenBatch>> batches) implements Objective {

  /** Rows of logits that exist at once; more would leave the processor's caches. */
  private static final int CHUNK = 1024;

  @Override
  public Measured gradients(Transformer model, int step) {
    List<TokenBatch> micro = batches.apply(step);
    long valid = micro.stream().mapToLong(TokenBatch::valid).sum();
    long read = micro.stream().mapToLong(batch -> (long) batch.rows() * batch.length()).sum();
    double sum = 0;
    for (TokenBatch batch : micro) {
      if (batch.valid() > 0) {
        try (Scope _ = Scope.open()) {
          sum += backward(model, batch, 1.0 / valid);
        }
      }
    }
    return new Measured(valid == 0 ? 0 : sum / valid, read, Map.of("counted", (double) valid));
  }

  /**
   * The head and its loss go chunk by chunk on a detached copy of the hidden states, whose gradient
   * then flows through the body at once: the logits of a whole batch never exist together.
   */
  private static double backward(Transformer model, TokenBatch batch, double weight) {
    Counted counted = Counted.of(batch);
    Tensor hidden_NH = counted.select(model.hidden(input(batch)));
    Tensor leaf_NH = hidden_NH.detach().requireGradient();
    double sum = 0;
    for (int from = 0; from < counted.count(); from += CHUNK) {
      try (Scope _ = Scope.open()) {
        int length = Math.min(CHUNK, counted.count() - from);
        Tensor logits_NV = model.logits(leaf_NH.narrow(0, from, length));
        Tensor loss = logits_NV.crossEntropySum(counted.labels(from, length));
        loss.times(weight).backward();
        sum += loss.item();
      }
    }
    hidden_NH.backward(leaf_NH.gradient());
    return sum;
  }

  static TokenInput input(TokenBatch batch) {
    return new TokenInput(batch.ids(), batch.positions(), batch.documents());
  }
}
