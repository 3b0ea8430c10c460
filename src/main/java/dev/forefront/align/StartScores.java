package dev.forefront.align;

import dev.forefront.align.Pairs.Pair;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.nio.file.Path;
import java.util.List;

/**
 * What the frozen start model thinks of the replies, computed once before tuning: afterwards the
 * start model is not needed any more.
 *
 * @param chosen log-probability of each pair's chosen reply; 0 for pairs that are never seen
 * @param rejected likewise
 */
record StartScores(float[] chosen, float[] rejected) {

  /**
   * @param seen pairs to score, always in the same order: packed differently, sums round
   *     differently
   */
  static StartScores of(
      Path start, List<Pair> pairs, List<Integer> seen, int perBatch, int length, Watch watch) {
    StartScores scores = new StartScores(new float[pairs.size()], new float[pairs.size()]);
    try (Transformer model = Transformer.load(start);
        Torch.NoGrad _ = Torch.noGrad()) {
      for (int from = 0; from < seen.size(); from += perBatch) {
        List<Integer> batch = seen.subList(from, Math.min(seen.size(), from + perBatch));
        scores.fill(model, pairs, batch, length);
        watch.scored(from + batch.size(), seen.size());
      }
    }
    return scores;
  }

  private void fill(Transformer model, List<Pair> pairs, List<Integer> indices, int length) {
    try (Scope _ = Scope.open()) {
      PairBatch batch = PairBatch.of(indices.stream().map(pairs::get).toList(), length);
      float[] both = ReplyScores.of(model, batch).floats();
      for (int i = 0; i < indices.size(); i++) {
        chosen[indices.get(i)] = both[i];
        rejected[indices.get(i)] = both[indices.size() + i];
      }
    }
  }

  /** {@code [2 * pairs]}: the chosen ones, then the rejected ones. */
  float[] at(List<Integer> indices) {
    float[] both = new float[2 * indices.size()];
    for (int i = 0; i < indices.size(); i++) {
      both[i] = chosen[indices.get(i)];
      both[indices.size() + i] = rejected[indices.get(i)];
    }
    return both;
  }
}
