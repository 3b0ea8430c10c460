package dev.forefront.generate;

import dev.forefront.model.Codes;
import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of four-bit numbers, eight inputs of an output in one int; a scale and a least number for
 * each block of an output's inputs.
 *
 * <p>A number {@code n} is widened without a conversion: put below the exponent of 1 it is {@code 1
 * + n / 16}. Where a prompt is read, one fused multiply-add makes {@code n * scale + least} of it,
 * once for many rows. Where a token is written that would be every second instruction: there the
 * chain is over the blocks' sums.
 */
final class NibblePanels extends Panels {
  private static final int BLOCK = Inputs.BLOCK;
  private static final int IN_INT = 8;

  // Where the first of eight stands, so that it need not be moved; each turn brings the next there.
  private static final int FIRST = 19;
  private static final int MASK = 0xf << FIRST;
  private static final int ONE = Float.floatToRawIntBits(1);

  /** Of a sixteenth: what 1 became, and eight where the least number is eight scales below zero. */
  private static final float PLAIN = 1;

  private static final float CENTRED = 1.5f;

  private final int[] codes;
  private final Scales scales;
  // None where it is eight scales below zero.
  private final float[] leasts;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  NibblePanels(Weight weight, int first, int outputs) {
    super(outputs, (int) weight.columns(), 1);
    int inputs = inputs();
    codes = new int[Math.multiplyExact(padded(outputs), inputs) / IN_INT];
    boolean centred = weight.encoding() == Encoding.Q4_0;
    int blocks = padded(outputs) * inputs / BLOCK;
    scales = new Scales(blocks, centred);
    leasts = new float[centred ? 0 : blocks];
    Codes row = new Codes(weight.encoding(), inputs);
    for (int output = 0; output < outputs; output++) {
      row.read(weight, first + output);
      spread(row.codes(), codes, place(output, IN_INT));
      int scaleAt = place(output, BLOCK);
      for (int i = 0; i < inputs / BLOCK; i++, scaleAt += WIDTH) {
        scales.set(scaleAt, row.scales()[i]);
        if (!centred) {
          leasts[scaleAt] = row.leasts()[i];
        }
      }
    }
  }

  private static void spread(byte[] row, int[] to, int from) {
    int at = from;
    for (int input = 0; input < row.length; input += IN_INT, at += WIDTH) {
      int eight = 0;
      for (int i = 0; i < IN_INT; i++) {
        eight |= Integer.rotateLeft(row[input + i], FIRST - 4 * i);
      }
      to[at] = eight;
    }
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case Q4_0, Q4_1, Q4_K -> true;
      case F32, F16, BF16, Q5_0, Q5_1, Q8_0, Q5_K, Q6_K -> false;
    };
  }

  @Override
  boolean needSums() {
    return true;
  }

  @Override
  void begin(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / BLOCK;
    int to = panel * WIDTH;
    for (int row = 0; row < Math.min(x.written(), rows) && leasts.length > 0; row++) {
      leasts(leasts, to * blocks, blocks, x.sums(), row * x.sumStride(), y, row * yStride + to);
    }
  }

  @Override
  void open(int panel, int section, int count, Scratch.Stream own, boolean areRead) {
    int from = (panel * WIDTH * inputs() + section * WIDTH) / BLOCK;
    widenScales(from, count / BLOCK * WIDTH, own.scales);
    if (areRead) {
      widenLeasts(from, count / BLOCK * WIDTH, own);
    }
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
    int from = (to * inputs() + input * WIDTH) / IN_INT;
    int scaleAt = input % SECTION / BLOCK * WIDTH;
    int written = Math.min(x.written(), rows);
    int row = 0;
    for (; row + 4 <= written; row += 4) {
      for (int lane = 0; lane < WIDTH; lane += 2 * LANES) {
        four(
            codes,
            from + lane,
            count,
            own.scales,
            scaleAt + lane,
            centre(),
            x.numbers(),
            row * x.stride() + input,
            x.stride(),
            x.sums(),
            row * x.sumStride() + input / BLOCK,
            x.sumStride(),
            y,
            row * yStride + to + lane,
            yStride);
      }
    }
    for (; row < written; row++) {
      one(
          codes,
          from,
          count,
          own.scales,
          scaleAt,
          centre(),
          x.numbers(),
          row * x.stride() + input,
          x.sums(),
          row * x.sumStride() + input / BLOCK,
          y,
          row * yStride + to);
    }
    int read = rows - written;
    for (int done = 0; done < count && read > 0; done += CHUNK) {
      int some = Math.min(CHUNK, count - done);
      widen(from + done * WIDTH / IN_INT, own, scaleAt + done / BLOCK * WIDTH, some, numbers);
      int xAt = written * x.stride() + input + done;
      int yAt = written * yStride + to;
      Chain.rows(numbers, 0, some, x.numbers(), xAt, x.stride(), read, y, yAt, yStride);
    }
  }

  @Override
  void beginPlainly(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / BLOCK;
    int to = panel * WIDTH;
    for (int row = 0; row < Math.min(x.written(), rows) && leasts.length > 0; row++) {
      int sumAt = row * x.sumStride();
      Plain.chain(
          leasts, to * blocks, WIDTH, blocks, x.sums(), sumAt, y, row * yStride + to, WIDTH);
    }
  }

  @Override
  void goPlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int written = Math.min(x.written(), rows);
    float[] sixteen = scratch.stream(0).scales;
    open(panel, input, count, scratch.stream(0), true);
    if (written > 0) {
      sixteenths(panel, input, count, scratch.numbers);
      for (int row = 0; row < written; row++) {
        int yAt = row * yStride + panel * WIDTH;
        for (int at = 0; at < count; at += BLOCK) {
          block(scratch, at, sixteen, x, row, input + at, y, yAt);
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
      Scratch scratch, int at, float[] sixteen, Inputs x, int row, int input, float[] y, int yAt) {
    float[] sums = scratch.stream(1).scales;
    Arrays.fill(sums, 0, WIDTH, 0);
    int xAt = row * x.stride() + input;
    Plain.chain(scratch.numbers, at * WIDTH, WIDTH, BLOCK, x.numbers(), xAt, sums, 0, WIDTH);
    float sum = centre() * x.sums()[row * x.sumStride() + input / BLOCK];
    int scaleAt = at / BLOCK * WIDTH;
    for (int lane = 0; lane < WIDTH; lane++) {
      y[yAt + lane] = Math.fma(sums[lane] - sum, sixteen[scaleAt + lane], y[yAt + lane]);
    }
  }

  /** One and a sixteenth of each number. */
  private void sixteenths(int panel, int input, int count, float[] out) {
    int from = (panel * inputs() + input) * WIDTH / IN_INT;
    for (int at = 0; at < count * WIDTH; at += IN_INT * WIDTH) {
      for (int lane = 0; lane < WIDTH; lane++) {
        int eight = codes[from + at / IN_INT + lane];
        for (int k = 0; k < IN_INT; k++) {
          out[at + k * WIDTH + lane] = sixteenth(eight, k);
        }
      }
    }
  }

  private static float sixteenth(int eight, int which) {
    return Float.intBitsToFloat(Integer.rotateLeft(eight, 4 * which) & MASK | ONE);
  }

  @Override
  void widenPlainly(int panel, int input, int count, Scratch scratch) {
    float[] out = scratch.numbers;
    Scratch.Stream own = scratch.stream(0);
    sixteenths(panel, input, count, out);
    for (int at = 0; at < count; at++) {
      int scaleAt = at / BLOCK * WIDTH;
      for (int lane = 0; lane < WIDTH; lane++) {
        int to = at * WIDTH + lane;
        out[to] = Math.fma(out[to], own.scales[scaleAt + lane], own.leasts[scaleAt + lane]);
      }
    }
  }

  private float centre() {
    return leasts.length == 0 ? CENTRED : PLAIN;
  }

  /** Sixteen scales of each block. */
  private void widenScales(int from, int count, float[] sixteen) {
    scales.widen(from, count, sixteen);
    for (int i = 0; i < count; i++) {
      sixteen[i] *= 16;
    }
  }

  /** What is added to a number between 1 and 2 times sixteen scales, where it is read. */
  private void widenLeasts(int from, int count, Scratch.Stream own) {
    float[] sixteen = own.scales;
    float[] added = own.leasts;
    if (leasts.length == 0) {
      for (int i = 0; i < count; i++) {
        added[i] = -CENTRED * sixteen[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        added[i] = leasts[from + i] - sixteen[i];
      }
    }
  }

  private IntVector eight(int at) {
    return IntVector.fromArray(Species.INTS, codes, at);
  }

  private static IntVector turned(IntVector eight) {
    return eight.lanewise(VectorOperators.ROL, 4);
  }

  /**
   * One number and a sixteenth of the first of eight.
   *
   * @param mask {@link #MASK} in every lane, and {@code one} likewise: where each call made these
   *     anew the compiler gave up inlining before the end of a loop, and made objects of vectors
   */
  private static FloatVector first(IntVector eight, IntVector mask, IntVector one) {
    return (FloatVector)
        eight
            .lanewise(VectorOperators.AND, mask)
            .lanewise(VectorOperators.OR, one)
            .convertShape(Species.AS_FLOATS, Species.FLOATS, 0);
  }

  private void widen(int from, Scratch.Stream own, int scaleFrom, int count, float[] out) {
    IntVector mask = IntVector.broadcast(Species.INTS, MASK);
    IntVector one = IntVector.broadcast(Species.INTS, ONE);
    int at = from;
    int to = 0;
    int scaleAt = scaleFrom;
    for (int input = 0; input < count; input += BLOCK, scaleAt += WIDTH) {
      FloatVector s0 = Chain.at(own.scales, scaleAt, 0);
      FloatVector s1 = Chain.at(own.scales, scaleAt, 1);
      FloatVector s2 = Chain.at(own.scales, scaleAt, 2);
      FloatVector s3 = Chain.at(own.scales, scaleAt, 3);
      FloatVector l0 = Chain.at(own.leasts, scaleAt, 0);
      FloatVector l1 = Chain.at(own.leasts, scaleAt, 1);
      FloatVector l2 = Chain.at(own.leasts, scaleAt, 2);
      FloatVector l3 = Chain.at(own.leasts, scaleAt, 3);
      for (int i = 0; i < BLOCK; i += IN_INT, at += WIDTH) {
        IntVector w0 = eight(at);
        IntVector w1 = eight(at + LANES);
        IntVector w2 = eight(at + 2 * LANES);
        IntVector w3 = eight(at + 3 * LANES);
        for (int k = 0; k < IN_INT; k++, to += WIDTH) {
          first(w0, mask, one).fma(s0, l0).intoArray(out, to);
          first(w1, mask, one).fma(s1, l1).intoArray(out, to + LANES);
          first(w2, mask, one).fma(s2, l2).intoArray(out, to + 2 * LANES);
          first(w3, mask, one).fma(s3, l3).intoArray(out, to + 3 * LANES);
          w0 = turned(w0);
          w1 = turned(w1);
          w2 = turned(w2);
          w3 = turned(w3);
        }
      }
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

  /**
   * One written row. All it needs are arguments: with fields the compiler makes slower code of it.
   */
  private static void one(
      int[] codes,
      int from,
      int count,
      float[] sixteen,
      int scaleFrom,
      float centre,
      float[] x,
      int xAt,
      float[] sums,
      int sumAt,
      float[] y,
      int yAt) {
    IntVector mask = IntVector.broadcast(Species.INTS, MASK);
    IntVector one = IntVector.broadcast(Species.INTS, ONE);
    FloatVector a = Chain.at(y, yAt, 0);
    FloatVector b = Chain.at(y, yAt, 1);
    FloatVector c = Chain.at(y, yAt, 2);
    FloatVector d = Chain.at(y, yAt, 3);
    int at = from;
    int scaleAt = scaleFrom;
    for (int input = 0; input < count; input += BLOCK, scaleAt += WIDTH) {
      FloatVector p = FloatVector.zero(Species.FLOATS);
      FloatVector q = p;
      FloatVector r = p;
      FloatVector t = p;
      for (int i = 0; i < BLOCK; i += IN_INT, at += WIDTH) {
        IntVector w0 = IntVector.fromArray(Species.INTS, codes, at);
        IntVector w1 = IntVector.fromArray(Species.INTS, codes, at + LANES);
        IntVector w2 = IntVector.fromArray(Species.INTS, codes, at + 2 * LANES);
        IntVector w3 = IntVector.fromArray(Species.INTS, codes, at + 3 * LANES);
        for (int k = 0; k < IN_INT; k++) {
          FloatVector v = FloatVector.broadcast(Species.FLOATS, x[xAt + input + i + k]);
          p = first(w0, mask, one).fma(v, p);
          q = first(w1, mask, one).fma(v, q);
          r = first(w2, mask, one).fma(v, r);
          t = first(w3, mask, one).fma(v, t);
          w0 = turned(w0);
          w1 = turned(w1);
          w2 = turned(w2);
          w3 = turned(w3);
        }
      }
      FloatVector sum = FloatVector.broadcast(Species.FLOATS, centre * sums[sumAt + input / BLOCK]);
      a = p.sub(sum).fma(Chain.at(sixteen, scaleAt, 0), a);
      b = q.sub(sum).fma(Chain.at(sixteen, scaleAt, 1), b);
      c = r.sub(sum).fma(Chain.at(sixteen, scaleAt, 2), c);
      d = t.sub(sum).fma(Chain.at(sixteen, scaleAt, 3), d);
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + LANES);
    c.intoArray(y, yAt + 2 * LANES);
    d.intoArray(y, yAt + 3 * LANES);
  }

  /**
   * Four written rows by half of a panel, each as {@link #one} has it: a code is taken out once for
   * all of them, and half as many outputs leave their sums room in registers.
   */
  private static void four(
      int[] codes,
      int from,
      int count,
      float[] sixteen,
      int scaleFrom,
      float centre,
      float[] x,
      int x0,
      int xStride,
      float[] sums,
      int sum0,
      int sumStride,
      float[] y,
      int y0,
      int yStride) {
    IntVector mask = IntVector.broadcast(Species.INTS, MASK);
    IntVector one = IntVector.broadcast(Species.INTS, ONE);
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    FloatVector a0 = Chain.at(y, y0, 0);
    FloatVector b0 = Chain.at(y, y0, 1);
    FloatVector a1 = Chain.at(y, y1, 0);
    FloatVector b1 = Chain.at(y, y1, 1);
    FloatVector a2 = Chain.at(y, y2, 0);
    FloatVector b2 = Chain.at(y, y2, 1);
    FloatVector a3 = Chain.at(y, y3, 0);
    FloatVector b3 = Chain.at(y, y3, 1);
    int at = from;
    int scaleAt = scaleFrom;
    int sumAt = sum0;
    for (int input = 0; input < count; input += BLOCK, scaleAt += WIDTH, sumAt++) {
      FloatVector p0 = FloatVector.zero(Species.FLOATS);
      FloatVector q0 = p0;
      FloatVector p1 = p0;
      FloatVector q1 = p0;
      FloatVector p2 = p0;
      FloatVector q2 = p0;
      FloatVector p3 = p0;
      FloatVector q3 = p0;
      for (int i = input; i < input + BLOCK; i += IN_INT, at += WIDTH) {
        IntVector w = IntVector.fromArray(Species.INTS, codes, at);
        IntVector u = IntVector.fromArray(Species.INTS, codes, at + LANES);
        for (int k = i; k < i + IN_INT; k++) {
          FloatVector f = first(w, mask, one);
          FloatVector g = first(u, mask, one);
          FloatVector v = FloatVector.broadcast(Species.FLOATS, x[x0 + k]);
          p0 = f.fma(v, p0);
          q0 = g.fma(v, q0);
          v = FloatVector.broadcast(Species.FLOATS, x[x1 + k]);
          p1 = f.fma(v, p1);
          q1 = g.fma(v, q1);
          v = FloatVector.broadcast(Species.FLOATS, x[x2 + k]);
          p2 = f.fma(v, p2);
          q2 = g.fma(v, q2);
          v = FloatVector.broadcast(Species.FLOATS, x[x3 + k]);
          p3 = f.fma(v, p3);
          q3 = g.fma(v, q3);
          w = turned(w);
          u = turned(u);
        }
      }
      FloatVector s = Chain.at(sixteen, scaleAt, 0);
      FloatVector t = Chain.at(sixteen, scaleAt, 1);
      FloatVector sum = FloatVector.broadcast(Species.FLOATS, centre * sums[sumAt]);
      a0 = p0.sub(sum).fma(s, a0);
      b0 = q0.sub(sum).fma(t, b0);
      sum = FloatVector.broadcast(Species.FLOATS, centre * sums[sumAt + sumStride]);
      a1 = p1.sub(sum).fma(s, a1);
      b1 = q1.sub(sum).fma(t, b1);
      sum = FloatVector.broadcast(Species.FLOATS, centre * sums[sumAt + 2 * sumStride]);
      a2 = p2.sub(sum).fma(s, a2);
      b2 = q2.sub(sum).fma(t, b2);
      sum = FloatVector.broadcast(Species.FLOATS, centre * sums[sumAt + 3 * sumStride]);
      a3 = p3.sub(sum).fma(s, a3);
      b3 = q3.sub(sum).fma(t, b3);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + LANES);
    a1.intoArray(y, y1);
    b1.intoArray(y, y1 + LANES);
    a2.intoArray(y, y2);
    b2.intoArray(y, y2 + LANES);
    a3.intoArray(y, y3);
    b3.intoArray(y, y3 + LANES);
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
      int block = scaleFrom + input / BLOCK * WIDTH;
      float scale = 16 * scales.get(block);
      float least = leasts.length == 0 ? -CENTRED * scale : leasts[block] - scale;
      out[at + input] = Math.fma(sixteenth(eight, input % IN_INT), scale, least);
    }
  }
}
