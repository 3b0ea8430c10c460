package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of codes: several inputs of an output in one int, a scale for each block of an output's
 * inputs, and a least number where the encoding has one. Codes are raised by half of their range,
 * so that they have no sign.
 *
 * <p>Where a prompt is read a code is moved to the foot of its int, made a float, and scaled, once
 * for many rows. Where a token is written that would be most of the work: there a block's products
 * are summed as they are, by {@link WrittenRows} that suit the codes, and the chain is over the
 * blocks' sums.
 */
abstract sealed class CodePanels extends Panels permits BytePanels, NibblePanels {
  private final int places;
  private final int bits;
  private final int block;
  private final int head;
  private final int[] codes;
  private final Scales scales;
  // None where codes have a sign.
  private final float[] leasts;

  /**
   * @param first the row of the first output
   * @param places codes in an int
   * @param head bits of each int that stand the other way round
   * @param turn see {@link Panels}
   */
  CodePanels(Weight weight, int first, int outputs, int places, int head, int turn) {
    super(outputs, (int) weight.columns(), 2, turn);
    this.places = places;
    this.head = head;
    bits = Integer.SIZE / places;
    Encoding encoding = weight.encoding();
    block = Codes.block(encoding);
    int inputs = inputs();
    int blocks = padded(outputs) * inputs / block;
    codes = new int[Math.multiplyExact(padded(outputs), inputs) / places];
    scales = new Scales(blocks, haveHalves(encoding));
    leasts = new float[haveLeasts(encoding) ? blocks : 0];
    Codes row = new Codes(encoding, inputs);
    int raise = fromZero(encoding) ? 0 : bias();
    for (int output = 0; output < outputs; output++) {
      row.read(weight, first + output);
      spread(row.codes(), raise, codes, place(output, places));
      int scaleAt = place(output, block);
      for (int i = 0; i < inputs / block; i++, scaleAt += WIDTH) {
        scales.set(scaleAt, row.scales()[i]);
        if (leasts.length > 0) {
          leasts[scaleAt] = row.leasts()[i];
        }
      }
    }
  }

  // By itself, for the compiler is soon through with little methods and takes large ones twice.
  private void spread(byte[] row, int raise, int[] to, int from) {
    int at = from;
    for (int input = 0; input < row.length; input += places, at += WIDTH) {
      int all = 0;
      for (int place = 0; place < places; place++) {
        all |= row[input + place] + raise << bits * place;
      }
      to[at] = all ^ head;
    }
  }

  /** Whether scales have sixteen bits: elsewhere they are products of two factors. */
  private static boolean haveHalves(Encoding encoding) {
    return switch (encoding) {
      case Q8_0, Q5_0, Q4_0 -> true;
      case Q4_1, Q4_K, Q6_K -> false;
      case F32, F16, BF16, Q5_1, Q5_K -> throw new IllegalArgumentException(encoding.name());
    };
  }

  private static boolean haveLeasts(Encoding encoding) {
    return encoding == Encoding.Q4_1 || encoding == Encoding.Q4_K;
  }

  /** Whether {@link Codes} tells them without a sign. */
  private static boolean fromZero(Encoding encoding) {
    return haveLeasts(encoding) || encoding == Encoding.Q4_0;
  }

  /** Half of the range of a code. */
  private int bias() {
    return 1 << bits - 1;
  }

  final int[] codes() {
    return codes;
  }

  /** Of each block. */
  final Scales scales() {
    return scales;
  }

  /** Of each block, where codes are meant from zero; else empty. */
  final float[] leasts() {
    return leasts;
  }

  final int block() {
    return block;
  }

  /** What the written rows of {@code x} are made into for these panels. */
  abstract WrittenRows written(Inputs x);

  @Override
  final void open(int panel, int section, int count, Scratch.Stream own, boolean areRead) {
    int from = (panel * WIDTH * inputs() + section * WIDTH) / block;
    int some = count / block * WIDTH;
    scales.widen(from, some, own.scales);
    if (!areRead) {
      return;
    }
    if (leasts.length > 0) {
      System.arraycopy(leasts, from, own.leasts, 0, some);
    } else {
      for (int i = 0; i < some; i++) {
        own.leasts[i] = -bias() * own.scales[i];
      }
    }
  }

  @Override
  final void go(
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
    int from = (to * inputs() + input * WIDTH) / places;
    int scaleAt = input % SECTION / block * WIDTH;
    int written = Math.min(x.written(), rows);
    write(panel, input, count, x, written, y, yStride, own);
    int read = rows - written;
    for (int done = 0; done < count && read > 0; done += CHUNK) {
      int some = Math.min(CHUNK, count - done);
      int codesAt = from + done * WIDTH / places;
      for (int at = 0; at < some; at += block) {
        int sectionAt = scaleAt + (done + at) / block * WIDTH;
        int blockAt = codesAt + at * WIDTH / places;
        widen(codes, blockAt, block, own.scales, own.leasts, sectionAt, numbers, at * WIDTH);
      }
      int xAt = written * x.stride() + input + done;
      int yAt = written * yStride + to;
      Chain.rows(numbers, 0, some, x.numbers(), xAt, x.stride(), read, y, yAt, yStride);
    }
  }

  /** Continues the chains of some written rows, the first ones, as {@link #go} does. */
  abstract void write(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own);

  /** Likewise without vectors, with the scales of stream 0. */
  abstract void writePlainly(
      int panel, int input, int count, Inputs x, int rows, float[] y, int yStride, Scratch scratch);

  /** The numbers of one block. */
  abstract void widen(
      int[] codes,
      int from,
      int block,
      float[] scales,
      float[] leasts,
      int scaleAt,
      float[] out,
      int outAt);

  /** A code where it stands in its int. */
  static FloatVector floats(IntVector codes, IntVector mask) {
    return (FloatVector)
        codes
            .lanewise(VectorOperators.AND, mask)
            .convertShape(VectorOperators.I2F, Species.FLOATS, 0);
  }

  @Override
  final void goPlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int written = Math.min(x.written(), rows);
    if (written > 0) {
      open(panel, input, count, scratch.stream(0), false);
      writePlainly(panel, input, count, x, written, y, yStride, scratch);
    }
    if (written < rows) {
      widenPlainly(panel, input, count, scratch);
      chains(scratch.numbers, 0, panel, input, count, x, written, rows, y, yStride);
    }
  }

  @Override
  final void widenPlainly(int panel, int input, int count, Scratch scratch) {
    Scratch.Stream own = scratch.stream(0);
    open(panel, input, count, own, true);
    float[] out = scratch.numbers;
    int from = (panel * inputs() + input) * WIDTH / places;
    for (int at = 0; at < count; at += places) {
      int scaleAt = at / block * WIDTH;
      for (int lane = 0; lane < WIDTH; lane++) {
        int all = codes[from + at * WIDTH / places + lane] ^ head;
        for (int place = 0; place < places; place++) {
          out[(at + place) * WIDTH + lane] =
              Math.fma(raised(all, place), own.scales[scaleAt + lane], own.leasts[scaleAt + lane]);
        }
      }
    }
  }

  /** A code without a sign. */
  private int raised(int all, int place) {
    return all >>> bits * place & (1 << bits) - 1;
  }

  @Override
  final long bytes() {
    return (long) Integer.BYTES * codes.length
        + scales.bytes()
        + (long) Float.BYTES * leasts.length;
  }

  @Override
  final void read(int output, float[] out, int at) {
    int from = place(output, places);
    int scaleFrom = place(output, block);
    for (int input = 0; input < inputs(); input++) {
      int all = codes[from + input / places * WIDTH] ^ head;
      int scaleAt = scaleFrom + input / block * WIDTH;
      float scale = scales.get(scaleAt);
      float least = leasts.length > 0 ? leasts[scaleAt] : -bias() * scale;
      out[at + input] = Math.fma(raised(all, input % places), scale, least);
    }
  }
}
