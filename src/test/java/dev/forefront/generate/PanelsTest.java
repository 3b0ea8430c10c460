package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That products over packed weights are those over the same numbers widened first. */
final class PanelsTest {
  private static final int INPUTS = 768;
  private static final int OUTPUTS = Panels.WIDTH + 7;
  private static final int ROWS = 9;

  private final Random random = new Random(7);

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q5_0", "Q6_K", "Q4_0"})
  void multipliesPackedNumbersToTheLastBitAsWidened(Encoding encoding) {
    Weight weight = weight(encoding);
    float[] widened = product(widened(weight), inputs());
    assertThat(product(packed(weight), inputs())).isEqualTo(widened);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_1", "Q4_K"})
  void multipliesNumbersWithALeastOneAsWidenedButForRounding(Encoding encoding) {
    Weight weight = weight(encoding);
    float[] widened = product(widened(weight), inputs());
    float[] packed = product(packed(weight), inputs());
    for (int i = 0; i < widened.length; i++) {
      assertThat(packed[i]).isCloseTo(widened[i], within(1e-3f));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q5_0", "Q6_K", "Q4_0", "Q4_1", "Q4_K"})
  void readsAnOutputsNumbersBack(Encoding encoding) {
    Weight weight = weight(encoding);
    float[] all = weight.floats();
    float[] row = new float[INPUTS];
    for (int output : new int[] {0, 3, Panels.WIDTH, OUTPUTS - 1}) {
      packed(weight).read(output, row, 0);
      for (int i = 0; i < INPUTS; i++) {
        assertThat(row[i]).isCloseTo(all[output * INPUTS + i], within(1e-5f));
      }
    }
  }

  private static float[] inputs() {
    Random own = new Random(11);
    float[] x = new float[ROWS * INPUTS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) own.nextGaussian();
    }
    return x;
  }

  /** Random bits, but for the scales: these are small numbers of sixteen bits. */
  private Weight weight(Encoding encoding) {
    byte[] bytes = new byte[(int) encoding.bytes((long) OUTPUTS * INPUTS)];
    random.nextBytes(bytes);
    MemorySegment data = MemorySegment.ofArray(bytes);
    for (long block = 0; block < bytes.length; block += encoding.blockBytes()) {
      switch (encoding) {
        case Q6_K -> scale(data, block + 208);
        case Q4_1, Q4_K -> {
          scale(data, block);
          scale(data, block + 2);
        }
        case Q8_0, Q5_0, Q4_0 -> scale(data, block);
        case F32, F16, BF16, Q5_1, Q5_K -> throw new IllegalStateException();
      }
    }
    return new Weight("w", encoding, new long[] {OUTPUTS, INPUTS}, data, 0, 0);
  }

  private void scale(MemorySegment data, long at) {
    short half = Float.floatToFloat16((random.nextFloat() - 0.5f) / 64);
    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, half);
  }

  private static float[] product(Panels panels, float[] x) {
    int stride = Panels.padded(OUTPUTS);
    float[] all = new float[ROWS * stride];
    float[] few = new float[ROWS * stride];
    Scratch scratch = new Scratch();
    for (int panel = 0; panel < panels.count(); panel++) {
      panels.multiply(panel, x, 0, INPUTS, ROWS, all, stride, scratch);
      for (int row = 0; row < ROWS; row++) {
        float[] one = new float[stride];
        panels.multiply(panel, x, row * INPUTS, INPUTS, 1, one, stride, scratch);
        System.arraycopy(
            one, panel * Panels.WIDTH, few, row * stride + panel * Panels.WIDTH, Panels.WIDTH);
      }
    }
    assertThat(few).as("rows one by one").isEqualTo(all);
    return all;
  }

  private static Panels widened(Weight weight) {
    return new FloatPanels(weight.floats(), OUTPUTS, INPUTS);
  }

  private static Panels packed(Weight weight) {
    return BytePanels.holds(weight.encoding())
        ? new BytePanels(weight, 0, OUTPUTS)
        : new NibblePanels(weight, 0, OUTPUTS);
  }
}
