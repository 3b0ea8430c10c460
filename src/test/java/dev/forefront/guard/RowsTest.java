package dev.forefront.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many numbers at once, with the bits of one after the other. */
class RowsTest {
  private static float[] numbers(int size, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[size];
    for (int at = 0; at < size; at++) {
      numbers[at] = random.nextInt(4) == 0 ? 0 : (float) random.nextGaussian();
    }
    return numbers;
  }

  @Test
  void addsRowsOfAnyWidthToTheBitAsOneNumberAfterTheOtherDoes() {
    for (int size : new int[] {1, 7, 16, 64, 100, 128}) {
      int count = 9;
      float[] rows = numbers(5 + count * size, size);
      float[] inputs = numbers(3 + count, size + 1);
      float[] sums = numbers(size, size + 2);
      float[] expected = sums.clone();
      for (int at = 0; at < count; at++) {
        for (int one = 0; one < size; one++) {
          float product = inputs[3 + at] * rows[5 + at * size + one];
          expected[one] += product;
        }
      }
      Rows.add(size, rows, 5, inputs, 3, count, sums);
      assertThat(sums).as("rows of %d", size).isEqualTo(expected);
    }
  }

  @Test
  void addsAShareOfARowToTheBit() {
    for (int size : new int[] {1, 7, 16, 64, 100}) {
      float[] row = numbers(2 + size, size);
      float[] to = numbers(4 + size, size + 1);
      float[] expected = to.clone();
      for (int one = 0; one < size; one++) {
        float product = 0.3f * row[2 + one];
        expected[4 + one] += product;
      }
      Rows.add(size, to, 4, 0.3f, row, 2);
      assertThat(to).as("a row of %d", size).isEqualTo(expected);
    }
  }
}
