package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Products of the sizes that trainings have, beside plain sums in double: a library that multiplies
 * wrongly in some shapes has been seen (docs/decisions/012-products-by-onednn.md).
 */
class LinearTest {
  private static final int[] ROWS = {990, 1024, 2048};
  private static final int[] WIDTHS = {96, 192, 320, 512, 1024};
  private static final int SHAPES = 8;
  private static final int LOOKS = 3_000;

  private static final Product.Way APART = Product.Way.CONVOLUTION_BUT_FOR_WEIGHTS;

  private final Random random = new Random(7);
  private final int threads = Torch.threads();

  @AfterEach
  void threadsAsTheyWere() {
    Torch.threads(threads);
  }

  /** In all ways, whichever of them this processor would be given. */
  @ParameterizedTest(name = "{0} threads, {1}")
  @CsvSource({
    "1, LINEAR",
    "2, LINEAR",
    "1, CONVOLUTION",
    "2, CONVOLUTION",
    "1, CONVOLUTION_BUT_FOR_WEIGHTS",
    "2, CONVOLUTION_BUT_FOR_WEIGHTS"
  })
  void valuesAndGradientsAreThoseOfPlainSums(int threads, Product.Way way) {
    Torch.threads(threads);
    for (int shape = 0; shape < SHAPES; shape++) {
      check(one(ROWS), one(WIDTHS), one(WIDTHS), way);
    }
    check(2048, 192, 1024, way);
    check(1024, 192, 2048, way);
  }

  private int one(int[] of) {
    return of[random.nextInt(of.length)];
  }

  private void check(int rows, int in, int out, Product.Way way) {
    float[] x = numbers(rows * in);
    float[] w = numbers(out * in);
    float[] g = numbers(rows * out);
    try (Scope _ = Scope.open()) {
      Tensor input = Tensor.of(x, rows, in).requireGradient();
      Tensor weight = Tensor.of(w, out, in).requireGradient();
      Tensor y = Product.of(input, weight, null, way);
      y.times(Tensor.of(g, rows, out)).sum().backward();
      String shape = rows + " x " + in + " by " + out;
      float[] values = y.floats();
      float[] ofInput = input.gradient().floats();
      float[] ofWeight = weight.gradient().floats();
      for (int look = 0; look < LOOKS; look++) {
        int row = random.nextInt(rows);
        int i = random.nextInt(in);
        int o = random.nextInt(out);
        assertClose(values[row * out + o], dot(x, row * in, 1, w, o * in, 1, in), in, shape);
        assertClose(ofInput[row * in + i], dot(g, row * out, 1, w, i, in, out), out, shape);
        assertClose(ofWeight[o * in + i], dot(g, o, out, x, i, in, rows), rows, shape);
      }
    }
  }

  /** As in a micro-batch: shares add up, listeners hear each, and what is thrown away adds none. */
  @Test
  void sharesOfAWeightAddUpWhoeverComputesThem() {
    List<float[]> gradients = new ArrayList<>();
    for (Product.Way way : Product.Way.values()) {
      try (Scope _ = Scope.open()) {
        Random numbers = new Random(3);
        Tensor weight = Tensor.of(numbers(numbers, 96 * 192), 96, 192).requireGradient();
        int[] heard = {0};
        try (GradientHook _ = weight.onGradient(() -> heard[0]++)) {
          for (int batch = 0; batch < 3; batch++) {
            Tensor x = Tensor.of(numbers(numbers, 1024 * 192), 2, 512, 192).requireGradient();
            Tensor y = Product.of(x, weight, null, way);
            if (batch != 1) {
              y.times(y).sum().backward();
            }
          }
        }
        assertThat(heard[0]).as(way.name()).isEqualTo(2);
        gradients.add(weight.gradient().floats());
      }
    }
    for (float[] gradient : gradients) {
      for (int i = 0; i < gradient.length; i++) {
        double close = 1e-4 * Math.max(1_000, Math.abs(gradients.getFirst()[i]));
        assertThat(gradient[i]).isCloseTo(gradients.getFirst()[i], within((float) close));
      }
    }
  }

  /** A weight that is frozen, one that was computed, and inputs that nobody asks about. */
  @Test
  void whatIsNotAskedForHasNoGradient() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(numbers(1024 * 192), 1024, 192).requireGradient();
      Tensor frozen = Tensor.of(numbers(96 * 192), 96, 192);
      Product.of(x, frozen, null, APART).sum().backward();
      assertThat(x.hasGradient()).isTrue();
      assertThat(frozen.hasGradient()).isFalse();

      Tensor leaf = Tensor.of(numbers(96 * 192), 96, 192).requireGradient();
      Product.of(x, leaf.times(leaf), null, APART).sum().backward();
      assertThat(leaf.hasGradient()).isTrue();

      Tensor alone = Tensor.of(numbers(96 * 192), 96, 192).requireGradient();
      Product.of(x.detach(), alone, null, APART).sum().backward();
      assertThat(alone.hasGradient()).isTrue();
    }
  }

  private float[] numbers(int count) {
    return numbers(random, count);
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static double dot(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) a[aAt + i * aStep] * b[bAt + i * bStep];
    }
    return sum;
  }

  /** A sum of so many products of usual size is about their number's root. */
  private static void assertClose(float actual, double expected, int count, String shape) {
    assertThat((double) actual).as(shape).isCloseTo(expected, within(2e-5 * Math.sqrt(count)));
  }
}
