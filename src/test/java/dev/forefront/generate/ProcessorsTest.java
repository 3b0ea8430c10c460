package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Beside the recorded cases: vocabularies of which much is left to order. */
class ProcessorsTest {
  @Test
  void topPKeepsWhatSortingAllOfThemKeeps() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 300; round++) {
      int length = 1 + random.nextInt(3_000);
      // From all alike over flat to peaked, some with ties.
      double width = random.nextInt(5);
      boolean ties = random.nextInt(4) == 0;
      float[] logits = new float[length];
      for (int i = 0; i < length; i++) {
        float logit = (float) (width * random.nextGaussian());
        logits[i] = ties ? Math.round(logit) : logit;
      }
      float p = random.nextInt(8) == 0 ? 0 : (float) random.nextDouble();
      float[] kept = logits.clone();
      Processors.topP(kept, length, p);
      assertThat(Arrays.equals(kept, sorted(logits, p)))
          .as("%d tokens of width %.0f at %.3f", length, width, p)
          .isTrue();
    }
  }

  /** By definition: from the least likely, ids in order among equals. */
  private static float[] sorted(float[] logits, float p) {
    float[] probabilities = Processors.probabilities(logits, logits.length);
    Integer[] ids = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
    Arrays.sort(
        ids, Comparator.comparingDouble((Integer id) -> probabilities[id]).thenComparing(id -> id));
    float[] kept = logits.clone();
    double removed = 0;
    for (int i = 0; i < ids.length - 1; i++) {
      removed += probabilities[ids[i]];
      if (removed > 1 - (double) p) {
        break;
      }
      kept[ids[i]] = Float.NEGATIVE_INFINITY;
    }
    return kept;
  }
}
