package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sums of sixteen bits do to the products of written tokens by weights of four. */
final class NibblePanelsTest {
  private static final int INPUTS = 256;
  private static final int OUTPUTS = Panels.WIDTH;
  private static final int BLOCK = 32;

  private final Random random = new Random(3);

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q4_K"})
  void roundsTheInputsLessThanEightBitsWould(Encoding encoding) {
    Weight weight = weight(encoding, -1);
    float[] x = row(i -> random.nextGaussian());
    double[] exact = exactly(weight, x);
    double ours = distance(written(weight, x), exact);
    double eightBits = distance(exactly(weight, eightBits(x)), exact);
    assertThat(ours).isLessThan(eightBits / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 15})
  void sumsFitWhateverTheInputsAre(int code) {
    Weight weight = weight(Encoding.Q4_0, code);
    for (IntToDoubleFunction numbers : extremes()) {
      float[] x = row(numbers);
      double[] exact = exactly(weight, x);
      double magnitude = 0;
      for (float one : x) {
        magnitude += Math.abs(one);
      }
      float[] actual = written(weight, x);
      for (int output = 0; output < OUTPUTS; output++) {
        double most = Math.abs(weight.floats()[output * INPUTS]) * magnitude;
        assertThat((double) actual[output]).isCloseTo(exact[output], within(0.005 * most + 1e-30));
      }
    }
  }

  private IntToDoubleFunction[] extremes() {
    return new IntToDoubleFunction[] {
      i -> 1,
      i -> -1,
      i -> i % 2 == 0 ? 3e20 : -3e20,
      i -> i % BLOCK == 5 ? 1e4 : 0,
      i -> i % BLOCK == 5 ? -1e4 : 1e-3,
      i -> i % BLOCK < 16 ? 7.5 : 0.25,
      i -> 1e-40,
      i -> 0,
      i -> random.nextDouble() - 0.9
    };
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNoNumberStaysNone(float none) {
    for (int at : new int[] {0, 33, INPUTS - 1}) {
      float[] x = row(i -> i == at ? none : 1);
      for (float one : written(weight(Encoding.Q4_0, 3), x)) {
        assertThat(Float.isFinite(one)).isFalse();
      }
    }
  }

  private static float[] row(IntToDoubleFunction numbers) {
    float[] x = new float[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      x[i] = (float) numbers.applyAsDouble(i);
    }
    return x;
  }

  /** Each number to one of 255 steps between the block's largest magnitudes. */
  private static float[] eightBits(float[] x) {
    float[] rounded = new float[INPUTS];
    for (int from = 0; from < INPUTS; from += BLOCK) {
      float most = 0;
      for (int i = from; i < from + BLOCK; i++) {
        most = Math.max(most, Math.abs(x[i]));
      }
      for (int i = from; i < from + BLOCK; i++) {
        rounded[i] = Math.round(x[i] / (most / 127)) * (most / 127);
      }
    }
    return rounded;
  }

  private static double[] exactly(Weight weight, float[] x) {
    float[] numbers = weight.floats();
    double[] y = new double[OUTPUTS];
    for (int output = 0; output < OUTPUTS; output++) {
      for (int i = 0; i < INPUTS; i++) {
        y[output] += (double) numbers[output * INPUTS + i] * x[i];
      }
    }
    return y;
  }

  private static double distance(float[] a, double[] b) {
    double[] wide = new double[OUTPUTS];
    Arrays.setAll(wide, i -> a[i]);
    return distance(wide, b);
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < OUTPUTS; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum / OUTPUTS);
  }

  private static float[] written(Weight weight, float[] x) {
    Panels panels = Panels.of(weight, 0, OUTPUTS);
    Inputs row = new Inputs(1, INPUTS);
    System.arraycopy(x, 0, row.numbers(), 0, INPUTS);
    row.written(1);
    row.room((CodePanels) panels);
    row.prepare(0, (CodePanels) panels);
    float[] y = new float[OUTPUTS];
    float[] plain = new float[OUTPUTS];
    panels.multiply(0, row, 1, y, OUTPUTS, new Scratch());
    panels.multiplyPlainly(0, row, 1, plain, OUTPUTS, new Scratch());
    assertThat(plain).isEqualTo(y);
    return y;
  }

  /**
   * @param code of every weight, or -1 for random ones
   */
  private Weight weight(Encoding encoding, int code) {
    byte[] bytes = new byte[(int) encoding.bytes((long) OUTPUTS * INPUTS)];
    random.nextBytes(bytes);
    if (code >= 0) {
      Arrays.fill(bytes, (byte) (code << 4 | code));
    }
    MemorySegment data = MemorySegment.ofArray(bytes);
    for (long block = 0; block < bytes.length; block += encoding.blockBytes()) {
      data.set(ValueLayout.JAVA_SHORT_UNALIGNED, block, half(1));
      if (encoding != Encoding.Q4_0) {
        // What the codes are measured from: half of their range, as files have it.
        data.set(
            ValueLayout.JAVA_SHORT_UNALIGNED, block + 2, half(encoding == Encoding.Q4_1 ? -8 : 8));
      }
    }
    return new Weight("w", encoding, new long[] {OUTPUTS, INPUTS}, data, 0, 0);
  }

  private static short half(float times) {
    return Float.floatToFloat16(times / 128);
  }
}
