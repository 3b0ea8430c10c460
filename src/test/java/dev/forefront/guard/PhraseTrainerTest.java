package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The net over words in a row, and the gradients that are written out by hand. */
class PhraseTrainerTest {
  private static final int WORDS = 12;

  private static float[] vectors() {
    Random random = new Random(5);
    float[] vectors = new float[WORDS * PhraseNet.WIDTH];
    for (int at = 0; at < vectors.length; at++) {
      vectors[at] = (float) random.nextGaussian() * 0.4f;
    }
    return vectors;
  }

  private static PhraseTrainer.Example example(float harm, int... words) {
    return new PhraseTrainer.Example(
        words, new float[] {harm, 0.3f, Float.NaN}, new float[] {1, 0.5f, 1});
  }

  @Test
  void movesEveryWeightAsDifferencesSay() {
    for (int[] words : new int[][] {{3}, {3, 7}, {0, 1, 2, 3, 4, 5, 1, 1}}) {
      PhraseTrainer trainer = new PhraseTrainer(vectors(), 1);
      PhraseTrainer.Example example = example(1, words);
      trainer.learn(example, 1, null);
      float[] gradient = trainer.gradient().clone();
      Random random = new Random(2);
      int checked = 0;
      for (int[] layer : layers()) {
        for (int turn = 0; turn < 60; turn++) {
          int at = layer[0] + random.nextInt(layer[1] - layer[0]);
          double up = difference(trainer, example, at, 2e-3f);
          double down = difference(trainer, example, at, -2e-3f);
          if (Math.abs(up - down) < 2e-4) {
            // Elsewhere another place becomes the most, and there is no one slope.
            checked += gradient[at] == 0 ? 0 : 1;
            assertThat((double) gradient[at])
                .as("weight %d of %s", at, Arrays.toString(words))
                .isCloseTo((up + down) / 2, within(2e-4));
          }
        }
      }
      assertThat(checked).isGreaterThan(60);
    }
  }

  private static int[][] layers() {
    return new int[][] {
      {PhraseNet.PAIR, PhraseNet.TRIPLE},
      {PhraseNet.TRIPLE, PhraseNet.HIDDEN},
      {PhraseNet.HIDDEN, PhraseNet.ANSWER},
      {PhraseNet.ANSWER, PhraseNet.SIZE},
      {PhraseNet.SIZE, PhraseTrainer.SIZE}
    };
  }

  private static double difference(
      PhraseTrainer trainer, PhraseTrainer.Example example, int at, float step) {
    float before = trainer.weights()[at];
    double loss = trainer.learn(example, 1, null);
    trainer.weights()[at] = before + step;
    double other = trainer.learn(example, 1, null);
    trainer.weights()[at] = before;
    return (other - loss) / step;
  }

  /** Harmful where 1 stands right before 2, and nowhere else. */
  private static List<PhraseTrainer.Example> orders(int size) {
    Random random = new Random(9);
    List<PhraseTrainer.Example> examples = new ArrayList<>();
    for (int at = 0; at < size; at++) {
      int[] words = IntStream.generate(() -> 3 + random.nextInt(WORDS - 3)).limit(6).toArray();
      int place = random.nextInt(5);
      boolean harm = random.nextBoolean();
      words[place] = harm ? 1 : 2;
      words[place + 1] = harm ? 2 : 1;
      examples.add(
          new PhraseTrainer.Example(
              words, new float[] {harm ? 1 : 0, Float.NaN, Float.NaN}, new float[] {1, 1, 1}));
    }
    return examples;
  }

  private static PhraseHead head(int size, long seed) {
    PhraseTrainer trainer = new PhraseTrainer(vectors(), seed);
    trainer.train(orders(size), 2);
    return trainer.head(IntStream.range(0, WORDS).mapToObj(at -> "w" + at).toList());
  }

  @Test
  void learnsTheOrderOfWordsWhichNoSumOfWordsTells() {
    PhraseHead head = head(10_000, 1);
    assertThat(head.score(List.of("w5", "w1", "w2", "w7"))).isGreaterThan(1);
    assertThat(head.score(List.of("w5", "w2", "w1", "w7"))).isLessThan(-1);
  }

  @Test
  void trainsTheSameBytesForTheSameSeed() {
    byte[] first = PhraseFile.write(head(600, 1));
    assertThat(PhraseFile.write(head(600, 1))).isEqualTo(first);
    assertThat(PhraseFile.write(head(600, 2))).isNotEqualTo(first);
  }
}
