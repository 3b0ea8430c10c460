package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * That products over packed weights are those over the same numbers widened first, and that a row's
 * does not depend on the rows beside it.
 */
final class PanelsTest {
  private static final int INPUTS = 1280;
  private static final int OUTPUTS = 2 * Panels.WIDTH + 7;
  private static final int ROWS = 9;

  private final Random random = new Random(7);

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q5_0", "Q6_K", "Q4_0"})
  void multipliesPackedNumbersToTheLastBitAsWidened(Encoding encoding) {
    Weight weight = weight(encoding);
    float[] widened = product(widened(weight), 0);
    assertThat(product(packed(weight), 0)).isEqualTo(widened);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_1", "Q4_K"})
  void multipliesNumbersWithALeastOneAsWidenedButForRounding(Encoding encoding) {
    Weight weight = weight(encoding);
    assertClose(product(packed(weight), 0), product(widened(weight), 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q5_0", "Q6_K"})
  void multipliesByWrittenTokensAsWidenedButForRounding(Encoding encoding) {
    Weight weight = weight(encoding);
    assertClose(product(packed(weight), ROWS), product(widened(weight), 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q5_0", "Q6_K", "Q4_0", "Q4_1", "Q4_K"})
  void multipliesAsManyWrittenTokensAsThereAreAsThoughEachWereAlone(Encoding encoding) {
    Panels packed = packed(weight(encoding));
    float[] all = product(packed, ROWS);
    float[] none = product(packed, 0);
    int stride = Panels.padded(OUTPUTS);
    for (int written = 1; written < ROWS; written++) {
      float[] some = product(packed, written);
      assertThat(Arrays.copyOf(some, written * stride))
          .isEqualTo(Arrays.copyOf(all, written * stride));
      assertThat(Arrays.copyOfRange(some, written * stride, some.length))
          .isEqualTo(Arrays.copyOfRange(none, written * stride, none.length));
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-3f));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "Q8_0", "Q5_0", "Q6_K", "Q4_0", "Q4_1", "Q4_K"})
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

  private static Inputs inputs(Panels by, int first, int rows, int written) {
    Random own = new Random(11);
    Inputs x = new Inputs(rows, INPUTS);
    for (int i = 0; i < first * INPUTS; i++) {
      own.nextGaussian();
    }
    for (int i = 0; i < rows * INPUTS; i++) {
      x.numbers()[i] = (float) own.nextGaussian();
    }
    x.written(written);
    if (by instanceof CodePanels codes) {
      x.room(codes);
      for (int row = 0; row < written; row++) {
        x.prepare(row, codes);
      }
    }
    return x;
  }

  /** Random bits, but for the scales and what has none: these are small numbers of sixteen bits. */
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
        case F16 -> scale(data, block);
        case BF16 -> number(data, block);
        case F32, Q5_1, Q5_K -> throw new IllegalStateException();
      }
    }
    return new Weight("w", encoding, new long[] {OUTPUTS, INPUTS}, data, 0, 0);
  }

  private void scale(MemorySegment data, long at) {
    short half = Float.floatToFloat16((random.nextFloat() - 0.5f) / 64);
    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, half);
  }

  /** The upper half of a small number. */
  private void number(MemorySegment data, long at) {
    int bits = Float.floatToRawIntBits((random.nextFloat() - 0.5f) / 64);
    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (bits >>> 16));
  }

  /** With the first rows written; each row alone gives the same. */
  private static float[] product(Panels panels, int written) {
    int stride = Panels.padded(OUTPUTS);
    float[] all = new float[ROWS * stride];
    float[] few = new float[ROWS * stride];
    Scratch scratch = new Scratch();
    multiply(panels, inputs(panels, 0, ROWS, written), ROWS, all, scratch);
    for (int row = 0; row < ROWS; row++) {
      float[] one = new float[stride];
      multiply(panels, inputs(panels, row, 1, row < written ? 1 : 0), 1, one, scratch);
      System.arraycopy(one, 0, few, row * stride, stride);
    }
    assertThat(few).as("rows one by one").isEqualTo(all);
    return all;
  }

  /** By vectors and by plain loops, whose bits are the same. */
  private static void multiply(Panels panels, Inputs x, int rows, float[] y, Scratch scratch) {
    float[] plain = new float[y.length];
    for (int part = 0; part < panels.parts(rows); part++) {
      panels.multiply(part, x, rows, y, Panels.padded(OUTPUTS), scratch);
      panels.multiplyPlainly(part, x, rows, plain, Panels.padded(OUTPUTS), scratch);
    }
    assertThat(plain).as("plain loops").isEqualTo(y);
  }

  private static Panels widened(Weight weight) {
    return new FloatPanels(weight.floats(), OUTPUTS, INPUTS);
  }

  private static Panels packed(Weight weight) {
    return Panels.of(weight, 0, OUTPUTS);
  }
}
