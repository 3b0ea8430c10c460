package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention by kernels of our own gives libtorch's numbers and gradients. */
class CausalAttentionTest {
  private static final double SCALE = 0.3;

  private final Random random = new Random(1);
  private final int threads = Torch.threads();

  @AfterEach
  void threadsAsTheyWere() {
    Torch.threads(threads);
  }

  @ParameterizedTest(name = "{0} x {1} tokens, {2} and {3} heads of {4}, {5} pairs, window {6}")
  @CsvSource({
    "2, 64, 4, 4, 32, 16, 0",
    // lengths and sizes that are no whole tiles
    "3, 1, 2, 1, 2, 1, 0",
    "2, 5, 6, 3, 20, 10, 0",
    "1, 77, 6, 2, 48, 24, 0",
    "2, 131, 3, 3, 64, 32, 0",
    "1, 300, 2, 1, 128, 64, 0",
    // heads of which a part turns, and more heads than a part of the work takes
    "1, 33, 4, 2, 24, 4, 0",
    "1, 260, 16, 16, 80, 40, 0",
    // windows within and beyond a tile, and one that hides nothing
    "1, 40, 2, 2, 16, 8, 1",
    "2, 77, 6, 2, 20, 10, 19",
    "1, 100, 2, 2, 32, 16, 64",
    "1, 30, 2, 2, 32, 16, 100",
  })
  void valuesAndGradientsAreLibtorchs(
      int rows, int length, int heads, int keys, int size, int pairs, int window) {
    CausalAttention attention = new CausalAttention(heads, keys, SCALE, 0, window);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(length, pairs)) {
      Tensor heard = numbers(rows, length, heads + 2L * keys, size);
      Tensor slope = numbers(rows, length, heads, size);
      List<float[]> expected = both(heard, slope, x -> attention.byLibtorch(x, rotation));
      List<float[]> actual = both(heard, slope, x -> attention.of(x, rotation));
      assertClose(actual.getFirst(), expected.getFirst());
      assertClose(actual.getLast(), expected.getLast());
    }
  }

  @Test
  void documentsSeeThemselvesAloneAndGapsNothing() {
    Documents documents = new Documents(new int[] {2, 25, 64, 65}, new int[] {23, 30, 1, 35});
    CausalAttention attention = new CausalAttention(4, 2, SCALE, 0, 0);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(100, 8)) {
      Tensor heard = numbers(2, 51, 8, 16);
      Tensor slope = numbers(2, 51, 4, 16);
      List<float[]> all = both(heard, slope, x -> attention.of(x, rotation, documents));
      float[] values = new float[102 * 4 * 16];
      float[] gradients = new float[102 * 8 * 16];
      for (int i = 0; i < 4; i++) {
        int from = documents.from()[i];
        int length = documents.length()[i];
        List<float[]> one =
            both(
                part(heard, from, length, 8),
                part(slope, from, length, 4),
                x -> attention.of(x, rotation));
        System.arraycopy(one.getFirst(), 0, values, from * 64, length * 64);
        System.arraycopy(one.getLast(), 0, gradients, from * 128, length * 128);
      }
      assertThat(all.getFirst()).isEqualTo(values);
      assertThat(all.getLast()).isEqualTo(gradients);
    }
  }

  private static Tensor part(Tensor tokens, int from, int length, int heads) {
    float[] all = tokens.floats();
    float[] some = Arrays.copyOfRange(all, from * heads * 16, (from + length) * heads * 16);
    return Tensor.of(some, 1, length, heads, 16).requireGradient();
  }

  @Test
  void howManyThreadsThereAreChangesNoBit() {
    CausalAttention attention = new CausalAttention(8, 4, SCALE, 0, 0);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(90, 16)) {
      Tensor heard = numbers(3, 90, 16, 32);
      Tensor slope = numbers(3, 90, 8, 32);
      Torch.threads(1);
      List<float[]> one = both(heard, slope, x -> attention.of(x, rotation));
      for (int many : new int[] {2, 5, 16}) {
        Torch.threads(many);
        List<float[]> other = both(heard, slope, x -> attention.of(x, rotation));
        assertThat(other.getFirst()).isEqualTo(one.getFirst());
        assertThat(other.getLast()).isEqualTo(one.getLast());
      }
    }
  }

  /** What is looked at is used twice, and each use has its share of the gradient. */
  @Test
  void gradientsOfOtherUsesAreAdded() {
    CausalAttention attention = new CausalAttention(2, 2, SCALE, 0, 0);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(20, 8)) {
      Tensor heard = numbers(1, 20, 6, 16);
      Tensor slope = numbers(1, 20, 2, 16);
      float[] once = both(heard, slope, x -> attention.of(x, rotation)).getLast();
      float[] more =
          both(heard, slope, x -> attention.of(x, rotation).plus(x.sum().times(3))).getLast();
      double all = 0;
      for (float number : slope.floats()) {
        all += 3 * number;
      }
      for (int i = 0; i < once.length; i++) {
        assertThat(more[i]).isCloseTo((float) (once[i] + all), within(1e-3f));
      }
    }
  }

  @Test
  void numbersThatAreNoneLeaveNothingBehind() {
    CausalAttention attention = new CausalAttention(2, 1, SCALE, 0, 0);
    Torch.threads(1);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(30, 5)) {
      Tensor heard = numbers(1, 21, 4, 10);
      Tensor slope = numbers(1, 21, 2, 10);
      List<float[]> before = both(heard, slope, x -> attention.of(x, rotation));
      float[] none = new float[30 * 4 * 10];
      Arrays.fill(none, Float.NaN);
      Tensor spoilt = Tensor.of(none, 1, 30, 4, 10).requireGradient();
      List<float[]> nothing = both(spoilt, numbers(1, 30, 2, 10), x -> attention.of(x, rotation));
      assertThat(nothing.getFirst()).containsOnly(Float.NaN);
      List<float[]> after = both(heard, slope, x -> attention.of(x, rotation));
      assertThat(after.getFirst()).isEqualTo(before.getFirst());
      assertThat(after.getLast()).isEqualTo(before.getLast());
    }
  }

  /** Scores so far apart that all but one have no share; no number may be none. */
  @Test
  void greatScoresAreTheLargestAlone() {
    CausalAttention attention = new CausalAttention(1, 1, 1, 0, 0);
    try (Scope _ = Scope.open();
        Rotation rotation = rotation(40, 1)) {
      float[] heard = new float[40 * 3 * 4];
      for (int token = 0; token < 40; token++) {
        // The third and fourth entry do not turn.
        heard[token * 12 + 2] = 100;
        heard[token * 12 + 4 + 2] = token == 7 ? 40 : -40 - token;
        heard[token * 12 + 8] = token;
      }
      float[] read = attention.of(Tensor.of(heard, 1, 40, 3, 4), rotation).floats();
      for (int token = 0; token < 40; token++) {
        assertThat(read[token * 4]).isCloseTo(token < 7 ? 0 : 7, within(1e-30f));
      }
    }
  }

  private static Rotation rotation(int places, int pairs) {
    float[] cos = new float[places * pairs];
    float[] sin = new float[places * pairs];
    for (int i = 0; i < cos.length; i++) {
      double angle = i / pairs * Math.pow(10_000, -(i % pairs) / (double) pairs);
      cos[i] = (float) Math.cos(angle);
      sin[i] = (float) Math.sin(angle);
    }
    return new Rotation(pairs, cos, sin);
  }

  private Tensor numbers(long... shape) {
    float[] numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return Tensor.of(numbers, shape).requireGradient();
  }

  /** Values and the gradient of what was heard. */
  private static List<float[]> both(Tensor heard, Tensor slope, Function<Tensor, Tensor> of) {
    heard.clearGradient();
    Tensor y = of.apply(heard);
    List<float[]> both = new ArrayList<>(List.of(y.floats()));
    y.backward(slope.detach());
    both.add(heard.gradient().floats());
    return both;
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    float most = 0;
    for (float number : expected) {
      most = Math.max(most, Math.abs(number));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(5e-6f * most));
    }
  }
}
