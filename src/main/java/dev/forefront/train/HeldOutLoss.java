package dev.forefront.train;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well a model predicts texts that it does not learn. Long texts are read in windows that
 * overlap by one token, so that every token but the first is predicted exactly once: the loss of a
 * text and its bytes belong together.
 */
public final class HeldOutLoss {
  private final List<TokenBatch> batches;
  private final long bytes;

  private HeldOutLoss(List<TokenBatch> batches, long bytes) {
    this.batches = batches;
    this.bytes = bytes;
  }

  /**
   * @param loss mean of the predicted tokens, in nats
   * @param bitsPerByte of the texts, which compares models with different tokenizers
   * @param tokens that were predicted
   */
  public record Value(double loss, double bitsPerByte, long tokens) {}

  /**
   * @param texts token ids of each text, from the token before its first to the one that ends it
   * @param bytes of all texts together, as UTF-8
   * @param length tokens of a window, at least 2
   * @param rows windows that are read at once
   */
  public static HeldOutLoss of(List<int[]> texts, long bytes, int length, int rows) {
    List<int[]> windows = new ArrayList<>();
    for (int[] ids : texts) {
      for (int from = 0; from + 1 < ids.length; from += length - 1) {
        windows.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + length)));
      }
    }
    if (windows.isEmpty() || bytes < 1) {
      throw new IllegalArgumentException("there is no text to measure on");
    }
    List<TokenBatch> batches = new ArrayList<>();
    for (int from = 0; from < windows.size(); from += rows) {
      batches.add(batch(windows.subList(from, Math.min(windows.size(), from + rows)), length));
    }
    return new HeldOutLoss(batches, bytes);
  }

  private static TokenBatch batch(List<int[]> windows, int length) {
    int[][] ids = new int[windows.size()][length];
    int[][] positions = new int[windows.size()][length];
    int[][] documents = new int[windows.size()][length];
    int[][] labels = new int[windows.size()][length];
    for (int row = 0; row < windows.size(); row++) {
      int[] window = windows.get(row);
      Arrays.fill(documents[row], window.length, length, -1);
      Arrays.fill(labels[row], TokenBatch.IGNORED);
      for (int i = 0; i < window.length; i++) {
        ids[row][i] = window[i];
        positions[row][i] = i;
        if (i + 1 < window.length) {
          labels[row][i] = window[i + 1];
        }
      }
    }
    return new TokenBatch(ids, positions, documents, labels);
  }

  public Value of(Transformer model) {
    double sum = 0;
    long tokens = 0;
    for (TokenBatch batch : batches) {
      try (Scope _ = Scope.open();
          Torch.NoGrad _ = Torch.noGrad()) {
        Counted counted = Counted.of(batch);
        Tensor hidden_NH = counted.select(model.hidden(LanguageModeling.input(batch)));
        Tensor labels = counted.labels(0, counted.count());
        sum += model.logits(hidden_NH).crossEntropySum(labels).item();
        tokens += counted.count();
      }
    }
    return new Value(sum / tokens, sum / Math.log(2) / bytes, tokens);
  }
}
