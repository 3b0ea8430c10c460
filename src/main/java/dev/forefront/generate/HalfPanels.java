package dev.forefront.generate;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Panels of sixteen-bit floats as the file has them; both kinds are exact in float32. */
final class HalfPanels extends Panels {
  /** What is written and read again must not push out of the cache what is coming. */
  private static final int CHUNK_OF_FEW = 32;

  private final boolean areTruncated;
  private final short[] data;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  HalfPanels(Weight weight, int first, int outputs) {
    super(outputs, (int) weight.columns(), 1);
    areTruncated = weight.encoding() == Encoding.BF16;
    data = new short[Math.multiplyExact(padded(outputs), inputs())];
    short[] row = new short[inputs()];
    for (int output = 0; output < outputs; output++) {
      weight.copy(first + output, row);
      spread(row, data, place(output, 1));
    }
  }

  private static void spread(short[] row, short[] to, int at) {
    for (int input = 0; input < row.length; input++) {
      to[at + input * WIDTH] = row[input];
    }
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case F16, BF16 -> true;
      case F32, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> false;
    };
  }

  @Override
  void go(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own,
      float[] numbers) {
    int to = panel * WIDTH;
    int most = rows < FEW ? CHUNK_OF_FEW : CHUNK;
    for (int at = input; at < input + count; at += most) {
      int some = Math.min(most, input + count - at);
      widen(to * inputs() + at * WIDTH, some * WIDTH, numbers);
      Chain.rows(numbers, 0, some, x.numbers(), at, x.stride(), rows, y, to, yStride);
    }
  }

  @Override
  void widenPlainly(int panel, int input, int count, Scratch scratch) {
    int from = panel * WIDTH * inputs() + input * WIDTH;
    if (areTruncated) {
      for (int i = 0; i < count * WIDTH; i++) {
        scratch.numbers[i] = Float.intBitsToFloat(data[from + i] << Short.SIZE);
      }
    } else {
      Plain.widen(data, from, scratch.numbers, 0, count * WIDTH);
    }
  }

  private void widen(int from, int count, float[] out) {
    if (areTruncated) {
      extend(from, count, out);
      return;
    }
    Plain.widen(data, from, out, 0, count);
  }

  /** The upper halves of float32 numbers. */
  private void extend(int from, int count, float[] out) {
    for (int i = 0; i < count; i += LANES) {
      IntVector wide =
          (IntVector)
              ShortVector.fromArray(Species.SHORTS, data, from + i)
                  .convertShape(VectorOperators.S2I, Species.INTS, 0);
      FloatVector numbers =
          (FloatVector)
              wide.lanewise(VectorOperators.LSHL, Short.SIZE)
                  .convertShape(Species.AS_FLOATS, Species.FLOATS, 0);
      numbers.intoArray(out, i);
    }
  }

  private float widened(short half) {
    return areTruncated ? Float.intBitsToFloat(half << Short.SIZE) : Float.float16ToFloat(half);
  }

  @Override
  long bytes() {
    return (long) Short.BYTES * data.length;
  }

  @Override
  void read(int output, float[] out, int at) {
    int from = place(output, 1);
    for (int input = 0; input < inputs(); input++) {
      out[at + input] = widened(data[from + input * WIDTH]);
    }
  }
}
