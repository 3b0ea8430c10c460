package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/**
 * That plain loops give what vectors give, to the last bit, where tests of whole passes are thin.
 */
final class PlainTest {
  private static final int COUNT = 64 * Panels.WIDTH;

  private static float[] numbers(float scale, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      numbers[i] = (float) random.nextGaussian() * scale;
    }
    numbers[0] = 0;
    numbers[1] = -0f;
    numbers[2] = Float.POSITIVE_INFINITY;
    numbers[3] = Float.NEGATIVE_INFINITY;
    numbers[4] = Float.NaN;
    numbers[5] = 1e30f;
    numbers[6] = -87.3f;
    return numbers;
  }

  @Test
  void raisesToTheSamePowers() {
    for (float scale : new float[] {0.1f, 3, 40, 200}) {
      float[] x = numbers(scale, 5);
      float[] expected = new float[COUNT];
      for (int i = 0; i < COUNT; i += Panels.LANES) {
        Vectors.exp(FloatVector.fromArray(Species.FLOATS, x, i)).intoArray(expected, i);
      }
      float[] actual = new float[COUNT];
      IntStream.range(0, COUNT).forEach(i -> actual[i] = Plain.exp(x[i]));
      assertThat(actual).isEqualTo(expected);
    }
  }

  @Test
  void activatesAlike() {
    for (boolean gelu : new boolean[] {true, false}) {
      for (float scale : new float[] {0.1f, 3, 40}) {
        float[] up = numbers(1, 6);
        float[] expected = numbers(scale, 7);
        float[] actual = expected.clone();
        Forward.activate(Kernels.VECTORS, gelu, expected, up, 0, COUNT);
        Forward.activate(Kernels.PLAIN, gelu, actual, up, 0, COUNT);
        assertThat(actual).isEqualTo(expected);
      }
    }
  }
}
