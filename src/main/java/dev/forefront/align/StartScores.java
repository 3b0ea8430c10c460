package dev.forefront.align;

import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.nio.file.Path;
import java.util.List;

/**
 * What the frozen start model thinks of the replies, computed once before tuning: afterwards the
 * start model is not needed any more.
 *
 * @param byPlace log-probabilities: {@code [places of an example][examples]}; 0 for examples that
 *     are never seen
 */
record StartScores(float[][] byPlace) {

  /** Where nobody asks the start model. */
  static final StartScores NONE = new StartScores(new float[0][]);

  /**
   * @param seen examples to score, always in the same order: packed differently, sums round
   *     differently
   */
  static StartScores of(
      Path start,
      List<? extends Example> examples,
      List<Integer> seen,
      int perBatch,
      int length,
      Watch watch) {
    int places = examples.getFirst().sequences().size();
    StartScores scores = new StartScores(new float[places][examples.size()]);
    try (Transformer model = Transformer.load(start);
        Torch.NoGrad _ = Torch.noGrad()) {
      for (int from = 0; from < seen.size(); from += perBatch) {
        List<Integer> batch = seen.subList(from, Math.min(seen.size(), from + perBatch));
        scores.fill(model, examples, batch, length);
        watch.scored(from + batch.size(), seen.size());
      }
    }
    return scores;
  }

  private void fill(
      Transformer model, List<? extends Example> examples, List<Integer> indices, int length) {
    try (Scope _ = Scope.open()) {
      ReplyBatch batch = ReplyBatch.of(indices.stream().map(examples::get).toList(), length);
      float[] all = ReplyScores.of(model, batch).floats();
      for (int place = 0; place < byPlace.length; place++) {
        for (int i = 0; i < indices.size(); i++) {
          byPlace[place][indices.get(i)] = all[place * indices.size() + i];
        }
      }
    }
  }

  /** Of all first replies, then of all second ones, as a {@link ReplyBatch} numbers them. */
  float[] at(List<Integer> indices) {
    float[] all = new float[byPlace.length * indices.size()];
    for (int place = 0; place < byPlace.length; place++) {
      for (int i = 0; i < indices.size(); i++) {
        all[place * indices.size() + i] = byPlace[place][indices.get(i)];
      }
    }
    return all;
  }
}
