package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Large products go another way than libtorch's linear layer, and give the same numbers. */
class ProductTest {
  private final Random random = new Random(1);
  private final int threads = Torch.threads();

  @AfterEach
  void threadsAsTheyWere() {
    Torch.threads(threads);
  }

  @ParameterizedTest(name = "{0} threads, {1} x {2} by {2} x {3}, bias {4}")
  @CsvSource({
    // rows that one thread can and cannot share among images, and products too small to go there
    "2, 512, 192, 160, false",
    "2, 511, 192, 160, true",
    "1, 512, 192, 160, true",
    "1, 511, 192, 160, false",
    "2, 16, 24, 8, true",
    "2, 8, 2048, 1024, false",
  })
  void valuesAndGradientsAreLibtorchs(int threads, int rows, int in, int out, boolean biased) {
    Torch.threads(threads);
    try (Scope _ = Scope.open()) {
      Tensor x = numbers(1, rows, in);
      Tensor weight = numbers(out, in);
      Tensor bias = numbers(out);
      Tensor slope = numbers(1, rows, out);
      List<Tensor> leaves = biased ? List.of(x, weight, bias) : List.of(x, weight);
      TensorOptional added = biased ? new TensorOptional(bias.pointer()) : new TensorOptional();
      Tensor plain = new Tensor(torch.linear(x.pointer(), weight.pointer(), added));
      List<float[]> expected = gradients(plain, slope, leaves);
      Tensor y = biased ? x.linear(weight, bias) : x.linear(weight);

      assertThat(y.shape()).containsExactly(1, rows, out);
      assertClose(y.floats(), plain.floats());
      List<float[]> actual = gradients(y, slope, leaves);
      for (int i = 0; i < leaves.size(); i++) {
        assertClose(actual.get(i), expected.get(i));
      }
    }
  }

  @Test
  void theSameProductGivesTheSameBits() {
    Torch.threads(2);
    try (Scope _ = Scope.open()) {
      Tensor x = numbers(1, 1024, 192);
      Tensor weight = numbers(576, 192);
      Tensor slope = numbers(1, 1024, 576);
      List<Tensor> leaves = List.of(x, weight);
      List<float[]> first = gradients(x.linear(weight), slope, leaves);
      for (int i = 0; i < 20; i++) {
        List<float[]> again = gradients(x.linear(weight), slope, leaves);
        for (int leaf = 0; leaf < first.size(); leaf++) {
          assertThat(Arrays.equals(again.get(leaf), first.get(leaf))).isTrue();
        }
      }
    }
  }

  private Tensor numbers(long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape).requireGradient();
  }

  private static List<float[]> gradients(Tensor y, Tensor slope, List<Tensor> leaves) {
    leaves.forEach(Tensor::clearGradient);
    y.times(slope).sum().backward();
    List<float[]> all = new ArrayList<>();
    leaves.forEach(leaf -> all.add(leaf.gradient().floats().clone()));
    return all;
  }

  /** To three millionths of the largest number: some of its last bits. */
  private static void assertClose(float[] actual, float[] expected) {
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(3e-6f * largest));
    }
  }
}
