package dev.forefront.generate;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops over opened numbers of {@link NibblePanels} for four written rows at once:
 * the sum of each block as it is, and the chain over the blocks, each by its scale. The order is
 * that of one row alone.
 *
 * <p>Sums are handed on in memory: the compiler inlines only so much into one method, and makes
 * objects of the vectors of the rest.
 */
final class BlockSums {
  /** Blocks whose sums are handed on together. */
  static final int MOST = Panels.CHUNK / Inputs.BLOCK;

  private static final int LANES = Panels.LANES;
  private static final int WIDTH = Panels.WIDTH;
  private static final int BLOCK = Inputs.BLOCK;

  private BlockSums() {}

  /**
   * Continues the chains of some rows, as many as are divided by four, which stand in {@code y}.
   *
   * @param scratch holds the numbers of these inputs, and their blocks' scales from {@code scaleAt}
   * @param centre what every number is too great by
   * @param input the first input
   * @param y the rows' outputs of this panel, {@code yStride} apart
   */
  static void rows(
      Scratch scratch,
      int scaleAt,
      float centre,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yAt,
      int yStride) {
    int blocks = count / BLOCK;
    for (int row = 0; row < rows; row += 4) {
      int xAt = row * x.stride() + input;
      for (int block = 0; block < blocks; block++, xAt += BLOCK) {
        sum(scratch.numbers, block, x.numbers(), xAt, x.stride(), scratch.sums);
      }
      for (int i = 0; i < 4; i++) {
        int sumAt = (row + i) * x.sumStride() + input / BLOCK;
        int to = yAt + (row + i) * yStride;
        chain(scratch, i * MOST, scaleAt, blocks, centre, x.sums(), sumAt, y, to);
      }
    }
  }

  /** A block's sums of four rows, {@link #MOST} blocks apart. */
  private static void sum(float[] w, int block, float[] x, int x0, int xStride, float[] out) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = FloatVector.zero(Panels.SPECIES);
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector d0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector d2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    FloatVector c3 = a0;
    FloatVector d3 = a0;
    int at = block * BLOCK * WIDTH;
    for (int i = 0; i < BLOCK; i++, at += WIDTH) {
      FloatVector wa = Chain.at(w, at, 0);
      FloatVector wb = Chain.at(w, at, 1);
      FloatVector wc = Chain.at(w, at, 2);
      FloatVector wd = Chain.at(w, at, 3);
      FloatVector v = Chain.broadcast(x[x0 + i]);
      a0 = wa.fma(v, a0);
      b0 = wb.fma(v, b0);
      c0 = wc.fma(v, c0);
      d0 = wd.fma(v, d0);
      v = Chain.broadcast(x[x1 + i]);
      a1 = wa.fma(v, a1);
      b1 = wb.fma(v, b1);
      c1 = wc.fma(v, c1);
      d1 = wd.fma(v, d1);
      v = Chain.broadcast(x[x2 + i]);
      a2 = wa.fma(v, a2);
      b2 = wb.fma(v, b2);
      c2 = wc.fma(v, c2);
      d2 = wd.fma(v, d2);
      v = Chain.broadcast(x[x3 + i]);
      a3 = wa.fma(v, a3);
      b3 = wb.fma(v, b3);
      c3 = wc.fma(v, c3);
      d3 = wd.fma(v, d3);
    }
    Chain.store(a0, b0, c0, d0, out, block * WIDTH);
    Chain.store(a1, b1, c1, d1, out, (MOST + block) * WIDTH);
    Chain.store(a2, b2, c2, d2, out, (2 * MOST + block) * WIDTH);
    Chain.store(a3, b3, c3, d3, out, (3 * MOST + block) * WIDTH);
  }

  /**
   * Takes a row's block sums, each by its scale, to what stands in {@code y}.
   *
   * @param first where in the scratch's sums these begin, in blocks
   */
  private static void chain(
      Scratch scratch,
      int first,
      int scaleFrom,
      int blocks,
      float centre,
      float[] inputSums,
      int inputAt,
      float[] y,
      int yAt) {
    for (int lane = 0; lane < WIDTH; lane += LANES) {
      FloatVector a = Chain.at(y, yAt + lane, 0);
      int at = first * WIDTH + lane;
      int scaleAt = scaleFrom + lane;
      for (int block = 0; block < blocks; block++, at += WIDTH, scaleAt += WIDTH) {
        FloatVector sum = Chain.broadcast(centre * inputSums[inputAt + block]);
        a = Chain.at(scratch.sums, at, 0).sub(sum).fma(Chain.at(scratch.scales, scaleAt, 0), a);
      }
      a.intoArray(y, yAt + lane);
    }
  }

  /** Begins a row's chains with the least numbers of all blocks, each by the sum of its inputs. */
  static void leasts(
      float[] leasts, int from, int blocks, float[] sums, int sumAt, float[] y, int yAt) {
    for (int lane = 0; lane < WIDTH; lane += LANES) {
      FloatVector a = FloatVector.zero(Panels.SPECIES);
      int at = from + lane;
      for (int block = 0; block < blocks; block++, at += WIDTH) {
        a = Chain.at(leasts, at, 0).fma(Chain.broadcast(sums[sumAt + block]), a);
      }
      a.intoArray(y, yAt + lane);
    }
  }
}
