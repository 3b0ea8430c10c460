package dev.forefront.generate;

import java.util.Arrays;
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

  /** Between the sums of two rows. */
  private static final int APART = MOST * WIDTH;

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
      Arrays.fill(scratch.sums, 0);
      int xAt = row * x.stride() + input;
      for (int block = 0; block < blocks; block++, xAt += BLOCK) {
        int from = block * BLOCK * WIDTH;
        int to = block * WIDTH;
        Chain.four(
            scratch.numbers, from, BLOCK, x.numbers(), xAt, x.stride(), scratch.sums, to, APART);
      }
      for (int i = 0; i < 4; i++) {
        int sumAt = (row + i) * x.sumStride() + input / BLOCK;
        int to = yAt + (row + i) * yStride;
        chain(scratch, i * MOST, scaleAt, blocks, centre, x.sums(), sumAt, y, to);
      }
    }
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
