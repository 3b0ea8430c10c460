package dev.forefront.generate;

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
   * @param rows ids in a pass
   * @return {@code [ids][vocabulary]}
   */
  static float[] logits(Weights weights, long[] ids, int rows) {
    int vocabulary = weights.config().vocabularySize();
    int stride = Panels.padded(vocabulary);
    float[] logits = new float[rows * stride];
    float[] all = new float[ids.length * vocabulary];
    try (Team team = new Team("test-team", 2)) {
      Forward forward = new Forward(weights, team);
      KeyValueCache cache = new KeyValueCache(weights.config());
      for (int from = 0; from < ids.length; from += rows) {
        forward.clear();
        int count = Math.min(rows, ids.length - from);
        for (int i = 0; i < count; i++) {
          forward.add(cache, (int) ids[from + i]);
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
