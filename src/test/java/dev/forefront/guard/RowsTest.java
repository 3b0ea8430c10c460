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

  @Test
  void addsARowDividedToTheBit() {
    for (int size : new int[] {1, 7, 16, 64, 100}) {
      float[] row = numbers(size, size);
      float[] to = numbers(4 + size, size + 1);
      float[] expected = to.clone();
      for (int one = 0; one < size; one++) {
        expected[4 + one] += row[one] / 7;
      }
      Rows.addDivided(size, to, 4, row, 7);
      assertThat(to).as("a row of %d", size).isEqualTo(expected);
    }
  }

  @Test
  void keepsTheMostAndWhereItWasAndTheFirstOfEqualOnes() {
    for (int size : new int[] {1, 7, 16, 64, 100}) {
      float[] most = new float[3 + size];
      int[] places = new int[3 + size];
      float[] expected = new float[3 + size];
      int[] expectedPlaces = new int[3 + size];
      for (int place = 1; place < 9; place++) {
        float[] row = numbers(size, place);
        row[0] = place == 5 ? Float.NaN : 1;
        Rows.keepMost(size, row, most, places, 3, place);
        for (int one = 0; one < size; one++) {
          if (row[one] > expected[3 + one]) {
            expected[3 + one] = row[one];
            expectedPlaces[3 + one] = place;
          }
        }
      }
      assertThat(most).as("rows of %d", size).isEqualTo(expected);
      assertThat(places).as("rows of %d", size).isEqualTo(expectedPlaces);
      assertThat(places[3]).isEqualTo(1);
    }
  }
}
