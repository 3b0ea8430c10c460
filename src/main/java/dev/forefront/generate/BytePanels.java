package dev.forefront.generate;

import dev.forefront.model.Encoding;
import dev.forefront.model.Weight;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of codes of up to eight bits, four of them in an int; the last of them, which stands at
 * the int's head, keeps its sign. Where a token is written a code is made a float where it stands,
 * by a mask and a conversion, and the {@link Lowered inputs} are as much smaller as it is too
 * large.
 */
final class BytePanels extends CodePanels {
  static final int PLACES = 4;
  static final int BITS = 8;

  /** Inputs after which it is the other panel's turn, where a kernel takes two. */
  private static final int TURN = 32;

  /**
   * @param weight in an encoding that {@link #holds}
   * @param first the row of the first output
   */
  BytePanels(Weight weight, int first, int outputs) {
    super(weight, first, outputs, PLACES, Integer.MIN_VALUE);
  }

  static boolean holds(Encoding encoding) {
    return switch (encoding) {
      case Q8_0, Q5_0, Q6_K -> true;
      case F32, F16, BF16, Q4_0, Q4_1, Q5_1, Q4_K, Q5_K -> false;
    };
  }

  @Override
  WrittenRows written(Inputs x) {
    return x.lowered(block());
  }

  @Override
  int shared(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own) {
    Lowered by = x.lowered(block());
    int from = packed().at(panel, input);
    int scaleAt = input % SECTION / block() * WIDTH;
    int to = panel * WIDTH;
    int extraStride = x.stride() / block();
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
      int xAt = row * x.stride() + input;
      int extraAt = row * extraStride + input / block();
      for (int lane = 0; lane < WIDTH; lane += 2 * LANES) {
        four(
            packed().data(),
            from + 2 * lane,
            count,
            block(),
            own.scales,
            scaleAt + lane,
            by.numbers(),
            xAt,
            x.stride(),
            by.over(),
            extraAt,
            extraStride,
            y,
            row * yStride + to + lane,
            yStride);
      }
    }
    return row;
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
    IntVector foot = IntVector.broadcast(Species.INTS, (1 << BITS) - 1);
    short[] codes = packed().data();
    float[] numbers = x.lowered(block()).numbers();
    float[] over = x.lowered(block()).over();
    int block = block();
    int apart = far - panel;
    int streams = apart > 0 ? 2 : 1;
    int codesAt = packed().at(panel, input);
    int codesApart = apart * packed().ofPanel();
    int scalesAt = input % SECTION / block * WIDTH;
    int xAt = row * x.stride() + input;
    int blocksAt = row * (x.stride() / block) + input / block;
    for (int first = 0; first < count; first += TURN) {
      int end = Math.min(first + TURN, count);
      for (int stream = 0; stream < streams; stream++) {
        float[] scales = stream == 0 ? own.scales : ofFar.scales;
        int yAt = row * yStride + (panel + stream * apart) * WIDTH;
        int at = codesAt + stream * codesApart + 2 * first * WIDTH / PLACES;
        int scaleAt = scalesAt + first / block * WIDTH;
        FloatVector a = Chain.at(y, yAt, 0);
        FloatVector b = Chain.at(y, yAt, 1);
        FloatVector c = Chain.at(y, yAt, 2);
        FloatVector d = Chain.at(y, yAt, 3);
        for (int k = first; k < end; k += block, scaleAt += WIDTH) {
          FloatVector p = FloatVector.zero(Species.FLOATS);
          FloatVector q = p;
          FloatVector r = p;
          FloatVector t = p;
          for (int i = 0; i < block; i += PLACES, at += 2 * WIDTH) {
            IntVector w0 = ints(codes, at);
            IntVector w1 = ints(codes, at + 2 * LANES);
            IntVector w2 = ints(codes, at + 4 * LANES);
            IntVector w3 = ints(codes, at + 6 * LANES);
            IntVector mask = foot;
            for (int place = 0; place < PLACES; place++) {
              FloatVector v = FloatVector.broadcast(Species.FLOATS, numbers[xAt + k + i + place]);
              p = floats(w0, mask).fma(v, p);
              q = floats(w1, mask).fma(v, q);
              r = floats(w2, mask).fma(v, r);
              t = floats(w3, mask).fma(v, t);
              mask = mask.lanewise(VectorOperators.LSHL, BITS);
            }
          }
          FloatVector more = FloatVector.broadcast(Species.FLOATS, over[blocksAt + k / block]);
          a = p.sub(more).fma(Chain.at(scales, scaleAt, 0), a);
          b = q.sub(more).fma(Chain.at(scales, scaleAt, 1), b);
          c = r.sub(more).fma(Chain.at(scales, scaleAt, 2), c);
          d = t.sub(more).fma(Chain.at(scales, scaleAt, 3), d);
        }
        Chain.store(a, b, c, d, y, yAt);
      }
    }
  }

  /**
   * Four written rows by half of a panel, each as {@link #add} has it: a code is taken out once for
   * all of them, and half as many outputs leave their sums room in registers.
   */
  private static void four(
      short[] codes,
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
      int yStride) {
    IntVector foot = IntVector.broadcast(Species.INTS, (1 << BITS) - 1);
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
    int extraAt = extra0;
    for (int input = 0; input < count; input += block, scaleAt += WIDTH, extraAt++) {
      FloatVector p0 = FloatVector.zero(Species.FLOATS);
      FloatVector q0 = p0;
      FloatVector p1 = p0;
      FloatVector q1 = p0;
      FloatVector p2 = p0;
      FloatVector q2 = p0;
      FloatVector p3 = p0;
      FloatVector q3 = p0;
      for (int i = 0; i < block; i += PLACES, at += 2 * WIDTH) {
        IntVector w = ints(codes, at);
        IntVector u = ints(codes, at + 2 * LANES);
        IntVector mask = foot;
        for (int place = 0; place < PLACES; place++) {
          int k = input + i + place;
          FloatVector f = floats(w, mask);
          FloatVector g = floats(u, mask);
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
          mask = mask.lanewise(VectorOperators.LSHL, BITS);
        }
      }
      FloatVector s = Chain.at(scales, scaleAt, 0);
      FloatVector t = Chain.at(scales, scaleAt, 1);
      FloatVector more = FloatVector.broadcast(Species.FLOATS, extra[extraAt]);
      a0 = p0.sub(more).fma(s, a0);
      b0 = q0.sub(more).fma(t, b0);
      more = FloatVector.broadcast(Species.FLOATS, extra[extraAt + extraStride]);
      a1 = p1.sub(more).fma(s, a1);
      b1 = q1.sub(more).fma(t, b1);
      more = FloatVector.broadcast(Species.FLOATS, extra[extraAt + 2 * extraStride]);
      a2 = p2.sub(more).fma(s, a2);
      b2 = q2.sub(more).fma(t, b2);
      more = FloatVector.broadcast(Species.FLOATS, extra[extraAt + 3 * extraStride]);
      a3 = p3.sub(more).fma(s, a3);
      b3 = q3.sub(more).fma(t, b3);
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
  void writePlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    raised(panel, input, count, scratch.numbers);
    for (int row = 0; row < rows; row++) {
      int yAt = row * yStride + panel * WIDTH;
      for (int at = 0; at < count; at += block()) {
        onePlainly(scratch, at, x, row, input + at, y, yAt);
      }
    }
  }

  /** A written row's chains go on by the sum of one block. */
  private void onePlainly(
      Scratch scratch, int at, Inputs x, int row, int input, float[] y, int yAt) {
    float[] own = scratch.stream(0).scales;
    float[] sums = scratch.stream(1).scales;
    Arrays.fill(sums, 0, WIDTH, 0);
    Lowered by = x.lowered(block());
    int xAt = row * x.stride() + input;
    Plain.chain(scratch.numbers, at * WIDTH, WIDTH, block(), by.numbers(), xAt, sums, 0, WIDTH);
    float extra = by.over()[row * (x.stride() / block()) + input / block()];
    int scaleAt = at / block() * WIDTH;
    for (int lane = 0; lane < WIDTH; lane++) {
      y[yAt + lane] = Math.fma(sums[lane] - extra, own[scaleAt + lane], y[yAt + lane]);
    }
  }

  /** All codes as floats where they stand. */
  private void raised(int panel, int input, int count, float[] out) {
    int mask = (1 << BITS) - 1;
    int from = packed().at(panel, input);
    for (int at = 0; at < count * WIDTH; at += PLACES * WIDTH, from += 2 * WIDTH) {
      for (int lane = 0; lane < WIDTH; lane++) {
        int all = packed().get(from + 2 * lane);
        for (int place = 0; place < PLACES; place++) {
          out[at + place * WIDTH + lane] = all & mask << BITS * place;
        }
      }
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
    for (int i = 0; i < block; i += PLACES, at += 2 * WIDTH) {
      IntVector w0 = unsigned(codes, at);
      IntVector w1 = unsigned(codes, at + 2 * LANES);
      IntVector w2 = unsigned(codes, at + 4 * LANES);
      IntVector w3 = unsigned(codes, at + 6 * LANES);
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

  /** Ints whose last code is as free of a sign as the others. */
  private static IntVector unsigned(short[] codes, int at) {
    return ints(codes, at).lanewise(VectorOperators.XOR, Integer.MIN_VALUE);
  }
}
