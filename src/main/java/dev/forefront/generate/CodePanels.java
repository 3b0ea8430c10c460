package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of codes: several inputs of an output in one int, a scale for each block of an output's
 * inputs, and a least number where the encoding has one.
 *
 * <p>All codes of an int but the last, which stands at its head, are raised by half of their range
 * so that they have no sign; the last has one, which is the int's. A code is made a float where it
 * stands, by a mask and a conversion. Where a prompt is read it is moved to the foot of its int
 * before, and scaled, once for many rows. Where a token is written that would be every second
 * instruction: there the {@link Lowered inputs} are as much smaller as the codes are too large, a
 * block's products are summed as they are, and the chain is over the blocks' sums.
 */
abstract sealed class CodePanels extends Panels permits BytePanels, NibblePanels {
  /** Ways to lay out codes that need inputs of their own: by places of an int, and by block. */
  static final int KINDS = 3;

  private final int places;
  private final int bits;
  private final int block;
  private final int[] codes;
  private final Scales scales;
  // None where codes have a sign.
  private final float[] leasts;

  /**
   * @param first the row of the first output
   * @param places codes in an int
   * @param streams see {@link Panels}
   */
  CodePanels(Weight weight, int first, int outputs, int places, int streams) {
    super(outputs, (int) weight.columns(), streams);
    this.places = places;
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
    int head = Integer.MIN_VALUE;
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

  final int places() {
    return places;
  }

  final int block() {
    return block;
  }

  /** Of {@link #KINDS}. */
  final int kind() {
    return places == 8 ? 0 : block == 32 ? 1 : 2;
  }

  @Override
  final void begin(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / block;
    int to = panel * WIDTH;
    for (int row = 0; row < Math.min(x.written(), rows) && leasts.length > 0; row++) {
      int sumAt = row * (x.stride() / block);
      leasts(leasts, to * blocks, blocks, x.lowered(this).sums(), sumAt, y, row * yStride + to);
    }
  }

  /** Begins a row's chains with the least numbers of all blocks, each by the sum of its inputs. */
  private static void leasts(
      float[] leasts, int from, int blocks, float[] sums, int sumAt, float[] y, int yAt) {
    for (int lane = 0; lane < WIDTH; lane += LANES) {
      FloatVector a = FloatVector.zero(Species.FLOATS);
      int at = from + lane;
      for (int block = 0; block < blocks; block++, at += WIDTH) {
        a = Chain.at(leasts, at, 0).fma(Chain.broadcast(sums[sumAt + block]), a);
      }
      a.intoArray(y, yAt + lane);
    }
  }

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
    Lowered low = x.lowered(this);
    float[] lowered = low.numbers();
    float[] extra = extra(low);
    int extraStride = x.stride() / block;
    int row = 0;
    for (; row + 4 <= written; row += 4) {
      int xAt = row * x.stride() + input;
      int extraAt = row * extraStride + input / block;
      for (int lane = 0; lane < WIDTH; lane += 2 * LANES) {
        four(
            codes,
            from + lane,
            count,
            block,
            own.scales,
            scaleAt + lane,
            lowered,
            xAt,
            x.stride(),
            extra,
            extraAt,
            extraStride,
            y,
            row * yStride + to + lane,
            yStride);
      }
    }
    for (; row < written; row++) {
      int xAt = row * x.stride() + input;
      int extraAt = row * extraStride + input / block;
      int yAt = row * yStride + to;
      one(codes, from, count, block, own.scales, scaleAt, lowered, xAt, extra, extraAt, y, yAt);
    }
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

  /** What the products of a block have too much. */
  private float[] extra(Lowered low) {
    return leasts.length > 0 ? low.under() : low.over();
  }

  /**
   * One written row: its chains go on by the sums of some blocks.
   *
   * @param extra what each block's products have too much
   */
  abstract void one(
      int[] codes,
      int from,
      int count,
      int block,
      float[] scales,
      int scaleFrom,
      float[] x,
      int xAt,
      float[] extra,
      int extraAt,
      float[] y,
      int yAt);

  /**
   * Four written rows by half of a panel, each as {@link #one} has it: a code is taken out once for
   * all of them, and half as many outputs leave their sums room in registers.
   */
  abstract void four(
      int[] codes,
      int from,
      int count,
      int block,
      float[] scales,
      int scaleFrom,
      float[] x,
      int x0,
      int xStride,
      float[] extra,
      int extra0,
      int extraStride,
      float[] y,
      int y0,
      int yStride);

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

  /** Ints whose last code is as free of a sign as the others. */
  static IntVector unsigned(int[] codes, int at) {
    return IntVector.fromArray(Species.INTS, codes, at)
        .lanewise(VectorOperators.XOR, Integer.MIN_VALUE);
  }

  /** A code where it stands in its int. */
  static FloatVector floats(IntVector codes, IntVector mask) {
    return (FloatVector)
        codes
            .lanewise(VectorOperators.AND, mask)
            .convertShape(VectorOperators.I2F, Species.FLOATS, 0);
  }

  @Override
  final void beginPlainly(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / block;
    int to = panel * WIDTH;
    for (int row = 0; row < Math.min(x.written(), rows) && leasts.length > 0; row++) {
      int sumAt = row * (x.stride() / block);
      float[] sums = x.lowered(this).sums();
      Plain.chain(leasts, to * blocks, WIDTH, blocks, sums, sumAt, y, row * yStride + to, WIDTH);
    }
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
      float[] own = scratch.stream(0).scales;
      open(panel, input, count, scratch.stream(0), false);
      raised(panel, input, count, scratch.numbers);
      for (int row = 0; row < written; row++) {
        int yAt = row * yStride + panel * WIDTH;
        for (int at = 0; at < count; at += block) {
          block(scratch, at, own, x, row, input + at, y, yAt);
        }
      }
    }
    if (written < rows) {
      widenPlainly(panel, input, count, scratch);
      chains(scratch.numbers, 0, panel, input, count, x, written, rows, y, yStride);
    }
  }

  /** A written row's chains go on by the sum of one block. */
  private void block(
      Scratch scratch, int at, float[] own, Inputs x, int row, int input, float[] y, int yAt) {
    float[] sums = scratch.stream(1).scales;
    Arrays.fill(sums, 0, WIDTH, 0);
    Lowered low = x.lowered(this);
    int xAt = row * x.stride() + input;
    Plain.chain(scratch.numbers, at * WIDTH, WIDTH, block, low.numbers(), xAt, sums, 0, WIDTH);
    float extra = extra(low)[row * (x.stride() / block) + input / block];
    int scaleAt = at / block * WIDTH;
    for (int lane = 0; lane < WIDTH; lane++) {
      y[yAt + lane] = Math.fma(sums[lane] - extra, own[scaleAt + lane], y[yAt + lane]);
    }
  }

  /** All codes as floats where they stand. */
  private void raised(int panel, int input, int count, float[] out) {
    int from = (panel * inputs() + input) * WIDTH / places;
    int mask = (1 << bits) - 1;
    for (int at = 0; at < count * WIDTH; at += places * WIDTH) {
      for (int lane = 0; lane < WIDTH; lane++) {
        int all = codes[from + at / places + lane];
        for (int place = 0; place < places; place++) {
          out[at + place * WIDTH + lane] = all & mask << bits * place;
        }
      }
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
        int all = codes[from + at * WIDTH / places + lane] ^ Integer.MIN_VALUE;
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
      int all = codes[from + input / places * WIDTH] ^ Integer.MIN_VALUE;
      int scaleAt = scaleFrom + input / block * WIDTH;
      float scale = scales.get(scaleAt);
      float least = leasts.length > 0 ? leasts[scaleAt] : -bias() * scale;
      out[at + input] = Math.fma(raised(all, input % places), scale, least);
    }
  }
}
