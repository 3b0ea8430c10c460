package dev.forefront.generate;

import dev.forefront.model.ModelWeights;
import dev.forefront.model.Weight;
import dev.forefront.model.WeightNames;
import java.util.Arrays;
import jdk.incubator.vector.VectorShape;

/**
 * A matrix laid out for multiplication: panels of {@link #WIDTH} outputs, inside a panel the
 * outputs of one input side by side. Every output is one chain of fused multiply-adds over the
 * inputs in their order, so that a row's result depends neither on the rows beside it nor on the
 * processor's vector width, nor on how many threads share the panels.
 */
abstract sealed class Panels permits FloatPanels, HalfPanels, CodePanels {
  /** Of a vector of float32, on this processor. */
  static final int LANES = VectorShape.preferredShape().vectorBitSize() / Float.SIZE;

  /** Bytes that a vector of as many lanes reads: four are fewer than any vector holds. */
  static final int BYTES_AT_ONCE = Math.max(Long.BYTES, LANES);

  /** Outputs in a panel. */
  static final int WIDTH = 4 * LANES;

  /** Inputs that are widened at once for several rows: what a first-level cache holds. */
  static final int CHUNK = 8192 / WIDTH;

  /** Inputs whose scales are widened at once: they must leave room for what comes from memory. */
  static final int SECTION = 2 * CHUNK;

  /** Rows below which a product waits for memory, and not for the processor. */
  static final int FEW = 4;

  private final int outputs;
  private final int inputs;
  private final int streams;

  /**
   * @param streams places in memory that a thread reads by turns where rows are few, for the
   *     processor fetches ahead of each of them: what was measured to be best
   */
  Panels(int outputs, int inputs, int streams) {
    this.outputs = outputs;
    this.inputs = inputs;
    this.streams = streams;
  }

  /**
   * A matrix in the layout that suits how its file holds it.
   *
   * @param part as {@link ModelWeights#names} gives it
   * @param first the row of the first output
   */
  static Panels of(ModelWeights files, WeightNames.Part part, int first, int outputs) {
    Weight weight = files.weight(part);
    if (files.isAdapted(part)) {
      return new FloatPanels(files.floats(part), first, outputs, (int) weight.columns());
    }
    Panels panels = of(weight, first, outputs);
    weight.letGo();
    return panels;
  }

  /** Likewise, of a weight as its file holds it. */
  static Panels of(Weight weight, int first, int outputs) {
    if (HalfPanels.holds(weight.encoding())) {
      return new HalfPanels(weight, first, outputs);
    }
    if (BytePanels.holds(weight.encoding())) {
      return new BytePanels(weight, first, outputs);
    }
    if (NibblePanels.holds(weight.encoding())) {
      return new NibblePanels(weight, first, outputs);
    }
    return new FloatPanels(weight.floats(), first, outputs, (int) weight.columns());
  }

  /** Outputs rounded up to whole panels: the stride that results need. */
  static int padded(int outputs) {
    return (outputs + WIDTH - 1) / WIDTH * WIDTH;
  }

  final int outputs() {
    return outputs;
  }

  final int inputs() {
    return inputs;
  }

  /** Panels in the matrix. */
  final int count() {
    return padded(outputs) / WIDTH;
  }

  /** Of an output's first entry, where one entry stands for so many inputs. */
  final int place(int output, int inputsOfOne) {
    return output / WIDTH * WIDTH * (inputs / inputsOfOne) + output % WIDTH;
  }

  /** Parts of a product that threads may share. */
  final int parts(int rows) {
    return rows < FEW ? (count() + streams - 1) / streams : count();
  }

  /**
   * One part of {@code y = x @ weight^T} for some rows: a panel, or several that are far apart and
   * go forward by turns.
   *
   * @param x rows of at least {@code inputs} numbers; those of written tokens are {@link
   *     Inputs#prepare prepared} where the weights are codes
   * @param y rows of at least {@code padded(outputs)} numbers, {@code yStride} apart
   * @param scratch of this thread alone
   */
  final void multiply(int part, Inputs x, int rows, float[] y, int yStride, Scratch scratch) {
    int apart = parts(rows);
    for (int panel = part; panel < count(); panel += apart) {
      begin(panel, x, rows, y, yStride);
    }
    for (int section = 0; section < inputs; section += SECTION) {
      int end = Math.min(section + SECTION, inputs);
      for (int panel = part; panel < count(); panel += apart) {
        open(panel, section, end - section, scratch.stream(panel / apart), x.written() < rows);
      }
      section(part, section, end - section, x, rows, y, yStride, scratch);
    }
  }

  /** Continues the chains of a part's panels over a section of inputs, which is open. */
  void section(
      int part,
      int section,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    int apart = parts(rows);
    int most = rows < FEW ? SECTION : CHUNK;
    for (int input = section; input < section + count; input += most) {
      int some = Math.min(most, section + count - input);
      int stream = 0;
      for (int panel = part; panel < count(); panel += apart, stream++) {
        go(panel, input, some, x, rows, y, yStride, scratch.stream(stream), scratch.numbers);
      }
    }
  }

  /**
   * The same part of the same product, to the last bit, by loops without vectors: fast enough while
   * the JVM's compiler has not made code of those that have some.
   */
  final void multiplyPlainly(
      int part, Inputs x, int rows, float[] y, int yStride, Scratch scratch) {
    for (int panel = part; panel < count(); panel += parts(rows)) {
      beginPlainly(panel, x, rows, y, yStride);
      for (int input = 0; input < inputs; input += CHUNK) {
        int some = Math.min(CHUNK, inputs - input);
        goPlainly(panel, input, some, x, rows, y, yStride, scratch);
      }
    }
  }

  /** Likewise {@link #begin}. */
  void beginPlainly(int panel, Inputs x, int rows, float[] y, int yStride) {
    begin(panel, x, rows, y, yStride);
  }

  /** Likewise {@link #go}, of at most {@link #CHUNK} inputs. */
  void goPlainly(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch scratch) {
    widenPlainly(panel, input, count, scratch);
    chains(scratch.numbers, 0, panel, input, count, x, 0, rows, y, yStride);
  }

  /** Continues some rows' chains over numbers {@code [count][WIDTH]}. */
  static void chains(
      float[] numbers,
      int from,
      int panel,
      int input,
      int count,
      Inputs x,
      int first,
      int end,
      float[] y,
      int yStride) {
    for (int row = first; row < end; row++) {
      int at = row * yStride + panel * WIDTH;
      Plain.chain(numbers, from, WIDTH, count, x.numbers(), row * x.stride() + input, y, at, WIDTH);
    }
  }

  /** Widens the numbers of some inputs, whole blocks, to {@code scratch.numbers}. */
  abstract void widenPlainly(int panel, int input, int count, Scratch scratch);

  /** Begins the chains of a panel's outputs. */
  void begin(int panel, Inputs x, int rows, float[] y, int yStride) {
    for (int row = 0; row < rows; row++) {
      int from = row * yStride + panel * WIDTH;
      Arrays.fill(y, from, from + WIDTH, 0);
    }
  }

  /**
   * Widens the scales of a section of inputs, where there are any.
   *
   * @param areRead whether some rows are of tokens that are read
   */
  void open(int panel, int section, int count, Scratch.Stream own, boolean areRead) {}

  /**
   * Continues the chains over some inputs of a section, whole blocks.
   *
   * @param numbers room to widen {@link #CHUNK} inputs
   */
  abstract void go(
      int panel,
      int input,
      int count,
      Inputs x,
      int rows,
      float[] y,
      int yStride,
      Scratch.Stream own,
      float[] numbers);

  /** One output's numbers, as an embedding is read. */
  abstract void read(int output, float[] out, int at);

  /** What the numbers take in memory. */
  abstract long bytes();
}
