package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of signed bytes, a scale for each block of an output's inputs. Inside a block an output is
 * a chain over the bytes as they are; the chain over the blocks takes these by their scales.
 */
final class BytePanels extends Panels {
  private final int block;
  private final byte[] codes;
  private final Scales scales;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  BytePanels(Weight weight, int first, int outputs) {
    super(outputs, (int) weight.columns(), 2);
    block = Codes.block(weight.encoding());
    int inputs = inputs();
    codes = new byte[Math.addExact(Math.multiplyExact(padded(outputs), inputs), BYTES_AT_ONCE)];
    // Six bits have scales of two factors.
    scales = new Scales(padded(outputs) * inputs / block, weight.encoding() != Encoding.Q6_K);
    Codes row = new Codes(weight.encoding(), inputs);
    for (int output = 0; output < outputs; output++) {
      row.read(weight, first + output);
      spread(row.codes(), codes, place(output, 1));
      int scaleAt = place(output, block);
      for (int i = 0; i < inputs / block; i++) {
        scales.set(scaleAt + i * WIDTH, row.scales()[i]);
      }
    }
  }

  // By itself, for the compiler is soon through with little methods and takes large ones twice.
  private static void spread(byte[] row, byte[] to, int at) {
    for (int input = 0; input < row.length; input++) {
      to[at + input * WIDTH] = row[input];
    }
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case Q8_0, Q5_0, Q6_K -> true;
      case F32, F16, BF16, Q4_0, Q4_1, Q5_1, Q4_K, Q5_K -> false;
    };
  }

  @Override
  void open(int panel, int section, int count, Scratch.Stream own, boolean areRead) {
    int from = (panel * WIDTH * inputs() + section * WIDTH) / block;
    scales.widen(from, count / block * WIDTH, own.scales);
  }

  @Override
  void go(
      int panel,
      int input,
      int count,
      Inputs inputs,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own,
      float[] numbers) {
    float[] x = inputs.numbers();
    int xStride = inputs.stride();
    int to = panel * WIDTH;
    int from = to * inputs() + input * WIDTH;
    int scaleAt = input % SECTION / block * WIDTH;
    if (rows < FEW) {
      for (int row = 0; row < rows; row++) {
        one(from, own.scales, scaleAt, x, row * xStride + input, count, y, row * yStride + to);
      }
      return;
    }
    widen(from, own.scales, scaleAt, count, numbers);
    Chain.rows(numbers, 0, count, x, input, xStride, rows, y, to, yStride);
  }

  @Override
  void widenPlainly(int panel, int input, int count, Scratch scratch) {
    float[] own = scratch.stream(0).scales;
    open(panel, input, count, scratch.stream(0), true);
    int from = panel * WIDTH * inputs() + input * WIDTH;
    for (int at = 0; at < count; at += block) {
      widenPlainly(codes, from + at * WIDTH, own, at / block * WIDTH, block, scratch.numbers, at);
    }
  }

  /** One block, whose numbers go to the inputs from {@code input} on. */
  private static void widenPlainly(
      byte[] codes, int from, float[] own, int scaleAt, int block, float[] out, int input) {
    int to = input * WIDTH;
    for (int i = 0; i < block * WIDTH; i += WIDTH) {
      for (int lane = 0; lane < WIDTH; lane++) {
        out[to + i + lane] = codes[from + i + lane] * own[scaleAt + lane];
      }
    }
  }

  private FloatVector codes(int at) {
    return floats(codes, at);
  }

  /** A vector of bytes from {@code at}, behind which {@code BYTES_AT_ONCE} must stand. */
  static FloatVector floats(byte[] codes, int at) {
    return (FloatVector)
        ByteVector.fromArray(Species.BYTES, codes, at)
            .convertShape(VectorOperators.B2F, Species.FLOATS, 0);
  }

  private void widen(int from, float[] widened, int scaleFrom, int count, float[] out) {
    int at = 0;
    int scaleAt = scaleFrom;
    for (int input = 0; input < count; input += block, scaleAt += WIDTH) {
      FloatVector s0 = Chain.at(widened, scaleAt, 0);
      FloatVector s1 = Chain.at(widened, scaleAt, 1);
      FloatVector s2 = Chain.at(widened, scaleAt, 2);
      FloatVector s3 = Chain.at(widened, scaleAt, 3);
      for (int i = 0; i < block; i++, at += WIDTH) {
        codes(from + at).mul(s0).intoArray(out, at);
        codes(from + at + LANES).mul(s1).intoArray(out, at + LANES);
        codes(from + at + 2 * LANES).mul(s2).intoArray(out, at + 2 * LANES);
        codes(from + at + 3 * LANES).mul(s3).intoArray(out, at + 3 * LANES);
      }
    }
  }

  private void one(
      int from, float[] widened, int scaleFrom, float[] x, int xAt, int count, float[] y, int yAt) {
    FloatVector a = Chain.at(y, yAt, 0);
    FloatVector b = Chain.at(y, yAt, 1);
    FloatVector c = Chain.at(y, yAt, 2);
    FloatVector d = Chain.at(y, yAt, 3);
    int at = from;
    int scaleAt = scaleFrom;
    for (int input = 0; input < count; input += block, scaleAt += WIDTH) {
      FloatVector s0 = Chain.at(widened, scaleAt, 0);
      FloatVector s1 = Chain.at(widened, scaleAt, 1);
      FloatVector s2 = Chain.at(widened, scaleAt, 2);
      FloatVector s3 = Chain.at(widened, scaleAt, 3);
      for (int i = 0; i < block; i++, at += WIDTH) {
        FloatVector v = Chain.broadcast(x[xAt + input + i]);
        a = codes(at).mul(s0).fma(v, a);
        b = codes(at + LANES).mul(s1).fma(v, b);
        c = codes(at + 2 * LANES).mul(s2).fma(v, c);
        d = codes(at + 3 * LANES).mul(s3).fma(v, d);
      }
    }
    Chain.store(a, b, c, d, y, yAt);
  }

  @Override
  long bytes() {
    return codes.length + scales.bytes();
  }

  @Override
  void read(int output, float[] out, int at) {
    int from = place(output, 1);
    int scaleFrom = place(output, block);
    for (int input = 0; input < inputs(); input++) {
      out[at + input] = codes[from + input * WIDTH] * scales.get(scaleFrom + input / block * WIDTH);
    }
  }
}
