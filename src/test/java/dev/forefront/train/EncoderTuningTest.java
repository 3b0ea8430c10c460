package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.model.Bert;
import dev.forefront.model.SmallEncoder;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EncoderTuningTest {
  private static final int ASKED = 9;
  private final SmallEncoder small = new SmallEncoder();

  /** Texts of 3 to 6 ids; yes is said of those in which one id stands before another. */
  private static List<EncoderTuning.Example> texts(int count, long seed) {
    Random random = new Random(seed);
    List<EncoderTuning.Example> texts = new ArrayList<>();
    for (int text = 0; text < count; text++) {
      int[] ids = new int[3 + random.nextInt(4)];
      for (int at = 0; at < ids.length; at++) {
        ids[at] = 10 + random.nextInt(20);
      }
      boolean yes = random.nextBoolean();
      if (yes) {
        ids[random.nextInt(ids.length)] = ASKED;
      }
      texts.add(new EncoderTuning.Example(ids, yes ? 1 : 0, 1));
    }
    return texts;
  }

  private static EncoderTuning.Settings settings(int epochs) {
    return new EncoderTuning.Settings(16, 3e-3, 1e-2, 0.01, 10, epochs, 5);
  }

  private static double odds(Bert bert, EncoderTuning.Head head, int[] ids) {
    float[] mean = bert.encode(Tensor.of(new int[][] {ids})).mean(1).floats();
    double odds = head.bias();
    for (int at = 0; at < mean.length; at++) {
      odds += mean[at] * head.weights()[at];
    }
    return odds;
  }

  @Test
  void learnsWhatMakesTheDifference() {
    try (Scope _ = Scope.open();
        Bert bert = new Bert(small.shape(), small::weight)) {
      List<Double> losses = new ArrayList<>();
      EncoderTuning.Head head =
          EncoderTuning.tune(
              bert, texts(1_500, 1), settings(2), (done, of, loss) -> losses.add(loss));
      List<EncoderTuning.Example> unseen = texts(300, 2);
      long right =
          unseen.stream()
              .filter(one -> odds(bert, head, one.ids()) > 0 == one.target() > 0.5)
              .count();
      assertThat(right).isGreaterThan(280);
      assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertThat(trained()).containsExactly(trained());
  }

  private float[] trained() {
    try (Scope _ = Scope.open();
        Bert bert = new Bert(small.shape(), small::weight)) {
      EncoderTuning.Head head =
          EncoderTuning.tune(bert, texts(200, 3), settings(1), (done, of, loss) -> {});
      assertThat(bert.trained().get("encoder.layer.1.output.dense.weight"))
          .isNotEqualTo(small.weight("encoder.layer.1.output.dense.weight"));
      return head.weights();
    }
  }

  @Test
  void freesWhatItMade() {
    trained();
    TinyRun.collectGarbage();
    long before = Scope.live();
    trained();
    assertThat(Scope.live()).isEqualTo(before);
  }
}
