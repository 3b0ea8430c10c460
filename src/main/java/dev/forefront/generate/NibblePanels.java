package dev.forefront.generate;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of codes of four bits, eight of them in an int, raised by half of their range. Written
 * rows are {@link QuantizedRows}: a code times a number is added up in sixteen bits, twice as many
 * at once as there are floats, and none of them has to be taken out of its int. A block's sum is
 * exact, so that only the block sums' scaling rounds.
 */
final class NibblePanels extends CodePanels {
  static final int PLACES = 8;
  private static final int BITS = 4;

  /** Half of the range of a code. */
  static final int BIAS = 1 << BITS - 1;

  /** Inputs that share a scale, in every encoding of four bits. */
  static final int BLOCK = 32;

  /** Inputs after which it is the other stream's turn, where a kernel takes two. */
  private static final int TURN = 64;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  NibblePanels(Weight weight, int first, int outputs) {
    super(weight, first, outputs, PLACES, 0);
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case Q4_0, Q4_1, Q4_K -> true;
      case F32, F16, BF16, Q5_0, Q5_1, Q8_0, Q5_K, Q6_K -> false;
    };
  }

  @Override
  WrittenRows written(Inputs x) {
    return x.quantized();
  }

  @Override
  void begin(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / BLOCK;
    int to = panel * WIDTH;
    float[] sums = x.quantized().sums();
    for (int row = 0; row < Math.min(x.written(), rows) && leasts().length > 0; row++) {
      int sumAt = row * (x.stride() / BLOCK);
      int yAt = row * yStride + to;
      begin(leasts(), packed().scalesApart(), to * blocks, blocks, sums, sumAt, y, yAt);
    }
  }

  /**
   * Begins a row's chains with what codes are meant to be in the middle of their range, by the sums
   * of its blocks: {@link #add} has codes with a sign.
   */
  private static void begin(
      float[] leasts,
      float[] scales,
      int from,
      int blocks,
      float[] sums,
      int sumAt,
      float[] y,
      int yAt) {
    FloatVector bias = FloatVector.broadcast(Species.FLOATS, BIAS);
    for (int lane = 0; lane < WIDTH; lane += LANES) {
      FloatVector a = FloatVector.zero(Species.FLOATS);
      int at = from + lane;
      for (int block = 0; block < blocks; block++, at += WIDTH) {
        FloatVector middle = Chain.at(scales, at, 0).fma(bias, Chain.at(leasts, at, 0));
        a = middle.fma(Chain.broadcast(sums[sumAt + block]), a);
      }
      a.intoArray(y, yAt + lane);
    }
  }

  @Override
  void add(
      int panel,
      int far,
      int input,
      int count,
      Inputs x,
      int row,
      Scratch.Stream own,
      Scratch.Stream ofFar,
      float[] y,
      int yStride) {
    short[] codes = packed().data();
    int[] factors = x.quantized().factors();
    int[] starts = x.quantized().starts();
    float[] rowScales = x.quantized().scales();
    int[] sums = own.sums;
    int apart = far - panel;
    int streams = apart > 0 ? 2 : 1;
    int codesAt = packed().at(panel, input);
    int codesApart = apart * packed().ofPanel();
    int scalesAt = input % SECTION / BLOCK * WIDTH;
    int factorsAt = (row * x.stride() + input) / 2;
    int blocksAt = row * (x.stride() / BLOCK) + input / BLOCK;
    for (int first = 0; first < count; first += TURN) {
      int end = Math.min(first + TURN, count);
      for (int stream = 0; stream < streams; stream++) {
        float[] scales = stream == 0 ? own.scales : ofFar.scales;
        int yAt = row * yStride + (panel + stream * apart) * WIDTH;
        int at = codesAt + stream * codesApart + 2 * first * WIDTH / PLACES;
        int scaleAt = scalesAt + first / BLOCK * WIDTH;
        for (int k = first; k < end; k += BLOCK, scaleAt += WIDTH) {
          int block = blocksAt + k / BLOCK;
          ShortVector p = shorts(IntVector.broadcast(Species.INTS, starts[block]));
          ShortVector q = p;
          ShortVector r = p;
          ShortVector t = p;
          for (int i = 0; i < BLOCK; i += PLACES, at += 2 * WIDTH) {
            IntVector w0 = ints(codes, at);
            IntVector w1 = ints(codes, at + 2 * LANES);
            IntVector w2 = ints(codes, at + 4 * LANES);
            IntVector w3 = ints(codes, at + 6 * LANES);
            for (int place = 0; place < PLACES / 2; place++) {
              int factor = factors[factorsAt + (k + i) / 2 + place];
              ShortVector v = shorts(IntVector.broadcast(Species.INTS, factor));
              p = p.add(shorts(w0).mul(v));
              q = q.add(shorts(w1).mul(v));
              r = r.add(shorts(w2).mul(v));
              t = t.add(shorts(w3).mul(v));
              w0 = w0.lanewise(VectorOperators.LSHR, BITS);
              w1 = w1.lanewise(VectorOperators.LSHR, BITS);
              w2 = w2.lanewise(VectorOperators.LSHR, BITS);
              w3 = w3.lanewise(VectorOperators.LSHR, BITS);
            }
          }
          // Through memory, so that what follows stands here once: inlining has its limit.
          ints(p).intoArray(sums, 0);
          ints(q).intoArray(sums, LANES);
          ints(r).intoArray(sums, 2 * LANES);
          ints(t).intoArray(sums, 3 * LANES);
          FloatVector scale = FloatVector.broadcast(Species.FLOATS, rowScales[block]);
          for (int lane = 0; lane < WIDTH; lane += LANES) {
            IntVector halves = IntVector.fromArray(Species.INTS, sums, lane);
            FloatVector sum =
                (FloatVector)
                    halves
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .add(halves)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .convertShape(VectorOperators.I2F, Species.FLOATS, 0);
            FloatVector factor = FloatVector.fromArray(Species.FLOATS, scales, scaleAt + lane);
            FloatVector chain = FloatVector.fromArray(Species.FLOATS, y, yAt + lane);
            sum.fma(factor.mul(scale), chain).intoArray(y, yAt + lane);
          }
        }
      }
    }
  }

  private static ShortVector shorts(IntVector vector) {
    return (ShortVector) vector.reinterpretShape(Species.PAIRS, 0);
  }

  private static IntVector ints(ShortVector vector) {
    return (IntVector) vector.reinterpretShape(Species.INTS, 0);
  }

  @Override
  void beginPlainly(int panel, Inputs x, int rows, float[] y, int yStride) {
    super.begin(panel, x, rows, y, yStride);
    int blocks = inputs() / BLOCK;
    int from = panel * WIDTH * blocks;
    float[] scales = packed().scalesApart();
    for (int row = 0; row < Math.min(x.written(), rows) && leasts().length > 0; row++) {
      int yAt = row * yStride + panel * WIDTH;
      for (int at = 0; at < blocks * WIDTH; at++) {
        float middle = Math.fma(scales[from + at], BIAS, leasts()[from + at]);
        float sum = x.quantized().sums()[row * (x.stride() / BLOCK) + at / WIDTH];
        y[yAt + at % WIDTH] = Math.fma(middle, sum, y[yAt + at % WIDTH]);
      }
    }
  }

  @Override
  void writePlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    float[] own = scratch.stream(0).scales;
    int from = packed().at(panel, input);
    for (int row = 0; row < rows; row++) {
      int yAt = row * yStride + panel * WIDTH;
      for (int at = 0; at < count; at += BLOCK) {
        int codesAt = from + 2 * at * WIDTH / PLACES;
        addPlainly(codesAt, own, at / BLOCK * WIDTH, x, row, input + at, y, yAt);
      }
    }
  }

  /** A written row's chains go on by the sums of one block. */
  private void addPlainly(
      int from, float[] scales, int scaleAt, Inputs x, int row, int input, float[] y, int yAt) {
    QuantizedRows by = x.quantized();
    int[] factors = by.factors();
    int factorsAt = (row * x.stride() + input) / 2;
    int block = row * (x.stride() / BLOCK) + input / BLOCK;
    float scale = by.scales()[block];
    for (int lane = 0; lane < WIDTH; lane++) {
      int sum = by.starts()[block];
      for (int i = 0; i < BLOCK / 2; i++) {
        int factor = factors[factorsAt + i];
        int all = packed().get(from + 2 * (i / (PLACES / 2) * WIDTH + lane));
        int half = all >>> BITS * (i % (PLACES / 2));
        sum += half * factor + (half >>> Short.SIZE) * (factor >>> Short.SIZE);
      }
      y[yAt + lane] = Math.fma((short) sum, scales[scaleAt + lane] * scale, y[yAt + lane]);
    }
  }

  @Override
  void widen(
      short[] codes,
      int from,
      int block,
      float[] scales,
      float[] leasts,
      int scaleAt,
      float[] out,
      int outAt) {
    IntVector foot = IntVector.broadcast(Species.INTS, (1 << BITS) - 1);
    FloatVector s0 = Chain.at(scales, scaleAt, 0);
    FloatVector s1 = Chain.at(scales, scaleAt, 1);
    FloatVector s2 = Chain.at(scales, scaleAt, 2);
    FloatVector s3 = Chain.at(scales, scaleAt, 3);
    FloatVector l0 = Chain.at(leasts, scaleAt, 0);
    FloatVector l1 = Chain.at(leasts, scaleAt, 1);
    FloatVector l2 = Chain.at(leasts, scaleAt, 2);
    FloatVector l3 = Chain.at(leasts, scaleAt, 3);
    int at = from;
    int to = outAt;
    for (int i = 0; i < BLOCK; i += PLACES, at += 2 * WIDTH) {
      IntVector w0 = ints(codes, at);
      IntVector w1 = ints(codes, at + 2 * LANES);
      IntVector w2 = ints(codes, at + 4 * LANES);
      IntVector w3 = ints(codes, at + 6 * LANES);
      for (int place = 0; place < PLACES; place++, to += WIDTH) {
        floats(w0, foot).fma(s0, l0).intoArray(out, to);
        floats(w1, foot).fma(s1, l1).intoArray(out, to + LANES);
        floats(w2, foot).fma(s2, l2).intoArray(out, to + 2 * LANES);
        floats(w3, foot).fma(s3, l3).intoArray(out, to + 3 * LANES);
        w0 = w0.lanewise(VectorOperators.LSHR, BITS);
        w1 = w1.lanewise(VectorOperators.LSHR, BITS);
        w2 = w2.lanewise(VectorOperators.LSHR, BITS);
        w3 = w3.lanewise(VectorOperators.LSHR, BITS);
      }
    }
  }
}
