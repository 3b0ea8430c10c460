package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
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

  private final Random random = new Random(7);
  private final int threads = Torch.threads();

  @AfterEach
  void threadsAsTheyWere() {
    Torch.threads(threads);
  }

  /** By oneDNN and by MKL, whichever of the two this processor would be given. */
  @ParameterizedTest(name = "{0} threads, as convolutions: {1}")
  @CsvSource({"1, true", "2, true", "1, false", "2, false"})
  void valuesAndGradientsAreThoseOfPlainSums(int threads, boolean asConvolution) {
    Torch.threads(threads);
    for (int shape = 0; shape < SHAPES; shape++) {
      check(one(ROWS), one(WIDTHS), one(WIDTHS), asConvolution);
    }
    check(2048, 192, 1024, asConvolution);
    check(1024, 192, 2048, asConvolution);
  }

  private int one(int[] of) {
    return of[random.nextInt(of.length)];
  }

  private void check(int rows, int in, int out, boolean asConvolution) {
    float[] x = numbers(rows * in);
    float[] w = numbers(out * in);
    float[] g = numbers(rows * out);
    try (Scope _ = Scope.open()) {
      Tensor input = Tensor.of(x, rows, in).requireGradient();
      Tensor weight = Tensor.of(w, out, in).requireGradient();
      Tensor y = Product.of(input, weight, null, asConvolution);
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

  private float[] numbers(int count) {
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
