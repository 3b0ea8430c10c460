package dev.forefront.train;

import dev.forefront.data.BatchSource;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.Pass;
import dev.forefront.model.Recall;
import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Predicting the next token: cross entropy summed over all counted labels of all micro-batches of
 * an update, divided once by their number. A micro-batch in which nothing counts changes nothing.
 */
public final class LanguageModeling implements Objective {

  /** Rows of logits that exist at once; more would leave the processor's caches. */
  private static final int CHUNK = 1024;

  private final IntFunction<List<TokenBatch>> batches;
  private final IntFunction<List<String>> documents;
  private final Recipe.Loss loss;
  private final Recall recall;

  private LanguageModeling(
      IntFunction<List<TokenBatch>> batches,
      IntFunction<List<String>> documents,
      Recipe.Loss loss,
      Recall recall) {
    this.batches = batches;
    this.documents = documents;
    this.loss = loss;
    this.recall = recall;
  }

  /**
   * @param batches micro-batches of an update by its step
   */
  public LanguageModeling(IntFunction<List<TokenBatch>> batches) {
    this(batches, Recipe.Loss.PLAIN);
  }

  public LanguageModeling(IntFunction<List<TokenBatch>> batches, Recipe.Loss loss) {
    this(batches, step -> List.of(), loss, Recall.KEEP);
  }

  /**
   * @param batches one for each update
   * @param microRows rows of it that are computed at once; 0: all. The update is the same, but for
   *     rounding
   */
  public LanguageModeling(BatchSource batches, int microRows, Recipe.Loss loss) {
    this(step -> batches.batch(step).split(microRows), batches::documents, loss, Recall.KEEP);
  }

  /** The same update, computed in more or less memory. */
  public LanguageModeling recalling(Recall other) {
    return new LanguageModeling(batches, documents, loss, other);
  }

  @Override
  public List<String> documents(int step) {
    return documents.apply(step);
  }

  @Override
  public Measured gradients(Transformer model, int step) {
    return gradients(model, step, Exchange.alone());
  }

  /** The batches are those of this rank; their labels are counted over all ranks. */
  @Override
  public Measured gradients(Transformer model, int step, Exchange exchange) {
    List<TokenBatch> micro = batches.apply(step);
    long mine = micro.stream().mapToLong(TokenBatch::valid).sum();
    long rows = micro.stream().mapToLong(batch -> (long) batch.rows() * batch.length()).sum();
    double[] counts = exchange.ranks().sum(mine, rows);
    long valid = (long) counts[0];
    if (valid == 0) {
      return measured(valid, (long) counts[1], 0, 0);
    }
    List<TokenBatch> counted = micro.stream().filter(batch -> batch.valid() > 0).toList();
    Sums sums = new Sums();
    for (int i = 0; i < counted.size(); i++) {
      TokenBatch batch = counted.get(i);
      try (Scope _ = Scope.open();
          Pass pass = model.pass(input(batch), recall)) {
        Runnable body = backward(model, pass, Counted.of(batch), 1.0 / valid, sums);
        if (i + 1 < counted.size()) {
          body.run();
        } else {
          exchange.last(body);
        }
      }
    }
    exchange.finish();
    double[] losses = exchange.ranks().sum(sums.crossEntropy, sums.z);
    return measured(valid, (long) counts[1], losses[0] / valid, losses[1] / valid);
  }

  private Measured measured(long valid, long read, double crossEntropy, double z) {
    Map<String, Double> watched = new TreeMap<>(Map.of("counted", (double) valid));
    if (loss.zLoss() > 0) {
      watched.put("z_loss", z);
    }
    return new Measured(crossEntropy, read, watched);
  }

  private static final class Sums {
    private double crossEntropy;
    private double z;
  }

  /**
   * The head and its loss go chunk by chunk on a detached copy of the hidden states, whose gradient
   * then flows through the body at once: the logits of a whole batch never exist together.
   *
   * @return the way through the body, still to go
   */
  private Runnable backward(
      Transformer model, Pass pass, Counted counted, double weight, Sums sums) {
    Tensor hidden_NH = counted.select(pass.hidden());
    Tensor leaf_NH = hidden_NH.detach().requireGradient();
    for (int from = 0; from < counted.count(); from += CHUNK) {
      try (Scope _ = Scope.open()) {
        int length = Math.min(CHUNK, counted.count() - from);
        Tensor logits_NV = model.logits(leaf_NH.narrow(0, from, length));
        TokenLoss chunk = TokenLoss.of(logits_NV, counted.labels(from, length), loss);
        chunk.total().times(weight).backward();
        sums.crossEntropy += chunk.crossEntropy().item();
        sums.z += chunk.z();
      }
    }
    return () -> pass.backward(hidden_NH, leaf_NH.gradient());
  }

  /** A batch as a model reads it. */
  public static TokenInput input(TokenBatch batch) {
    return new TokenInput(batch.ids(), batch.positions(), batch.documents());
  }
}
