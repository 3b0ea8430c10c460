package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Loading;
import dev.forefront.model.ModelWeights;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Logits of ids, for tests below the engine's threads. */
final class Passes {
  private Passes() {}

  static Weights load(Path model) {
    try (Team team = new Team("test-team", 2)) {
      return Weights.load(model, Loading.UNWITNESSED, team);
    }
  }

  static Weights of(ModelWeights files) {
    try (Team team = new Team("test-team", 2)) {
      return new Weights(files, team);
    }
  }

  /**
   * As a prompt is read.
   *
   * @param rows ids in a pass
   * @return {@code [ids][vocabulary]}
   */
  static float[] logits(Weights weights, long[] ids, int rows) {
    return logits(weights, ids, rows, false);
  }

  /** As though the ids had been written, so many at a time. */
  static float[] logitsOfWritten(Weights weights, long[] ids, int rows) {
    return logits(weights, ids, rows, true);
  }

  /** By vectors and by plain loops, whose bits are the same. */
  private static float[] logits(Weights weights, long[] ids, int rows, boolean written) {
    float[] logits = logits(weights, ids, rows, written, Kernels.VECTORS);
    assertThat(logits(weights, ids, rows, written, Kernels.PLAIN)).isEqualTo(logits);
    return logits;
  }

  private static float[] logits(
      Weights weights, long[] ids, int rows, boolean written, Kernels kernels) {
    int vocabulary = weights.config().vocabularySize();
    int stride = Panels.padded(vocabulary);
    float[] logits = new float[rows * stride];
    float[] all = new float[ids.length * vocabulary];
    try (Team team = new Team("test-team", 2)) {
      Forward forward = new Forward(weights, team);
      forward.use(kernels);
      KeyValueCache cache = new KeyValueCache(weights.config());
      for (int from = 0; from < ids.length; from += rows) {
        forward.clear();
        int count = Math.min(rows, ids.length - from);
        for (int i = 0; i < count; i++) {
          int id = (int) ids[from + i];
          int row =
              written ? forward.write(cache, id, null, null) : forward.read(cache, id, null, null);
          assertThat(row).isEqualTo(i);
        }
        forward.run();
        forward.logits(IntStream.range(0, count).boxed().toList(), logits);
        for (int i = 0; i < count; i++) {
          System.arraycopy(logits, i * stride, all, (from + i) * vocabulary, vocabulary);
        }
      }
    }
    return all;
  }
}
