package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Panels of four-bit numbers, eight inputs of an output in one int; a scale and a least number for
 * each block of an output's inputs.
 *
 * <p>A number {@code n} is widened without a conversion: put below the exponent of 1 it is {@code 1
 * + n / 16}, and one fused multiply-add makes {@code n * scale + least} of it.
 */
final class NibblePanels extends Panels {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int BLOCK = 32;
  private static final int IN_INT = 8;

  // Where the first of eight stands, so that it need not be moved; each turn brings the next there.
  private static final int FIRST = 19;
  private static final int MASK = 0xf << FIRST;
  private static final int ONE = Float.floatToRawIntBits(1);

  /** Of sixteen scales: eight below zero, and the sixteen that 1 became. */
  private static final float CENTRED = -1.5f;

  private final int[] codes;
  private final Scales scales;
  // None where it is eight scales below zero.
  private final float[] leasts;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  NibblePanels(Weight weight, int first, int outputs) {
    super(outputs, (int) weight.columns());
    int inputs = inputs();
    codes = new int[Math.multiplyExact(padded(outputs), inputs) / IN_INT];
    boolean centred = weight.encoding() == Encoding.Q4_0;
    int blocks = padded(outputs) * inputs / BLOCK;
    scales = new Scales(blocks, centred);
    leasts = new float[centred ? 0 : blocks];
    Codes row = new Codes(weight.encoding(), inputs);
    for (int output = 0; output < outputs; output++) {
      row.read(weight.row(first + output));
      int at = place(output, IN_INT);
      byte[] from = row.codes();
      for (int input = 0; input < inputs; input += IN_INT, at += WIDTH) {
        int eight = 0;
        for (int i = 0; i < IN_INT; i++) {
          eight |= Integer.rotateLeft(from[input + i], FIRST - 4 * i);
        }
        codes[at] = eight;
      }
      int scaleAt = place(output, BLOCK);
      for (int i = 0; i < inputs / BLOCK; i++, scaleAt += WIDTH) {
        scales.set(scaleAt, row.scales()[i]);
        if (!centred) {
          leasts[scaleAt] = row.leasts()[i];
        }
      }
    }
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case Q4_0, Q4_1, Q4_K -> true;
      case F32, F16, BF16, Q5_0, Q5_1, Q8_0, Q5_K, Q6_K -> false;
    };
  }

  /** Of an output's first entry, where one entry stands for so many inputs. */
  private int place(int output, int inputsOfOne) {
    return output / WIDTH * WIDTH * (inputs() / inputsOfOne) + output % WIDTH;
  }

  @Override
  void multiply(
      int panel,
      float[] x,
      int xFrom,
      int xStride,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int to = panel * WIDTH;
    int from = to * (inputs() / IN_INT);
    int blocks = WIDTH * (inputs() / BLOCK);
    float[] sixteen = scratch.scales(blocks);
    float[] added = scratch.leasts(blocks);
    widenScales(to * (inputs() / BLOCK), blocks, sixteen, added);
    if (rows < 4) {
      for (int row = 0; row < rows; row++) {
        one(from, sixteen, added, x, xFrom + row * xStride, y, row * yStride + to);
      }
      return;
    }
    clear(y, to, yStride, rows);
    for (int input = 0; input < inputs(); input += CHUNK) {
      int count = Math.min(CHUNK, inputs() - input);
      int scaleAt = input / BLOCK * WIDTH;
      widen(from + input / IN_INT * WIDTH, sixteen, added, scaleAt, count, scratch.numbers);
      Chain.rows(scratch.numbers, 0, count, x, xFrom + input, xStride, rows, y, to, yStride);
    }
  }

  /** Sixteen scales of each block, and what is added to a number between 1 and 2 times these. */
  private void widenScales(int from, int count, float[] sixteen, float[] added) {
    scales.widen(from, count, sixteen);
    if (leasts.length == 0) {
      for (int i = 0; i < count; i++) {
        sixteen[i] *= 16;
        added[i] = CENTRED * sixteen[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        sixteen[i] *= 16;
        added[i] = leasts[from + i] - sixteen[i];
      }
    }
  }

  private IntVector eight(int at) {
    return IntVector.fromArray(INTS, codes, at);
  }

  private static IntVector turned(IntVector eight) {
    return eight.lanewise(VectorOperators.ROL, 4);
  }

  /** One number and a sixteenth of the first of eight. */
  private static FloatVector first(IntVector eight) {
    return eight.and(MASK).or(ONE).reinterpretAsFloats();
  }

  private void widen(
      int from, float[] sixteen, float[] added, int scaleFrom, int count, float[] out) {
    for (int lane = 0; lane < WIDTH; lane += LANES) {
      int scaleAt = scaleFrom + lane;
      int at = from + lane;
      int to = lane;
      for (int input = 0; input < count; input += BLOCK, scaleAt += WIDTH) {
        FloatVector scale = Chain.at(sixteen, scaleAt, 0);
        FloatVector least = Chain.at(added, scaleAt, 0);
        for (int i = 0; i < BLOCK; i += IN_INT, at += WIDTH) {
          IntVector eight = eight(at);
          for (int k = 0; k < IN_INT; k++, to += WIDTH) {
            first(eight).fma(scale, least).intoArray(out, to);
            eight = turned(eight);
          }
        }
      }
    }
  }

  private void one(
      int from, float[] sixteen, float[] added, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int at = from;
    int scaleAt = 0;
    for (int input = 0; input < inputs(); input += BLOCK, scaleAt += WIDTH) {
      FloatVector s0 = Chain.at(sixteen, scaleAt, 0);
      FloatVector s1 = Chain.at(sixteen, scaleAt, 1);
      FloatVector s2 = Chain.at(sixteen, scaleAt, 2);
      FloatVector s3 = Chain.at(sixteen, scaleAt, 3);
      FloatVector l0 = Chain.at(added, scaleAt, 0);
      FloatVector l1 = Chain.at(added, scaleAt, 1);
      FloatVector l2 = Chain.at(added, scaleAt, 2);
      FloatVector l3 = Chain.at(added, scaleAt, 3);
      for (int i = 0; i < BLOCK; i += IN_INT, at += WIDTH) {
        IntVector w0 = eight(at);
        IntVector w1 = eight(at + LANES);
        IntVector w2 = eight(at + 2 * LANES);
        IntVector w3 = eight(at + 3 * LANES);
        for (int k = 0; k < IN_INT; k++) {
          FloatVector v = Chain.broadcast(x[xAt + input + i + k]);
          a = first(w0).fma(s0, l0).fma(v, a);
          b = first(w1).fma(s1, l1).fma(v, b);
          c = first(w2).fma(s2, l2).fma(v, c);
          d = first(w3).fma(s3, l3).fma(v, d);
          w0 = turned(w0);
          w1 = turned(w1);
          w2 = turned(w2);
          w3 = turned(w3);
        }
      }
    }
    Chain.store(a, b, c, d, y, yAt);
  }

  @Override
  long bytes() {
    return (long) Integer.BYTES * codes.length
        + scales.bytes()
        + (long) Float.BYTES * leasts.length;
  }

  @Override
  void read(int output, float[] out, int at) {
    int from = place(output, IN_INT);
    int scaleFrom = place(output, BLOCK);
    for (int input = 0; input < inputs(); input++) {
      int eight = codes[from + input / IN_INT * WIDTH];
      int one = Integer.rotateLeft(eight, 4 * (input % IN_INT)) & MASK | ONE;
      int block = scaleFrom + input / BLOCK * WIDTH;
      float scale = 16 * scales.get(block);
      float least = leasts.length == 0 ? CENTRED * scale : leasts[block] - scale;
      out[at + input] = Math.fma(Float.intBitsToFloat(one), scale, least);
    }
  }
}
