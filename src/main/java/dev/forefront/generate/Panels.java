package dev.forefront.generate;

import dev.forefront.model.ModelWeights;
import dev.forefront.model.Weight;
import dev.forefront.model.WeightNames;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix laid out for multiplication: panels of {@link #WIDTH} outputs, inside a panel the
 * outputs of one input side by side. Every output is one chain of fused multiply-adds over the
 * inputs in their order, so that a row's result depends neither on the rows beside it nor on the
 * processor's vector width, nor on how many threads share the panels.
 */
abstract sealed class Panels permits FloatPanels, HalfPanels, BytePanels, NibblePanels {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  static final VectorOperators.Conversion<Integer, Float> AS_FLOATS =
      VectorOperators.Conversion.ofReinterpret(int.class, float.class);

  /** Outputs in a panel. */
  static final int WIDTH = 4 * LANES;

  /**
   * Inputs that are widened at once where several rows use them: what a first-level cache holds.
   */
  static final int CHUNK = 128;

  /** Inputs whose scales are widened at once; whole chunks. */
  static final int SECTION = 1024;

  private final int outputs;
  private final int inputs;

  Panels(int outputs, int inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
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

  /**
   * One panel of {@code y = x @ weight^T} for some rows.
   *
   * @param x rows of at least {@code inputs} numbers; those of written tokens are summed, where the
   *     weights {@link #needSums}
   * @param y rows of at least {@code padded(outputs)} numbers, {@code yStride} apart
   * @param scratch of this thread alone
   */
  abstract void multiply(int panel, Inputs x, int rows, float[] y, int yStride, Scratch scratch);

  /** Whether products need the sums of the blocks of written tokens' inputs. */
  boolean needSums() {
    return false;
  }

  /** Begins the chains of a panel's outputs for some rows. */
  static void clear(float[] y, int yAt, int yStride, int rows) {
    for (int row = 0; row < rows; row++) {
      Arrays.fill(y, yAt + row * yStride, yAt + row * yStride + WIDTH, 0);
    }
  }

  /** One output's numbers, as an embedding is read. */
  abstract void read(int output, float[] out, int at);

  /** What the numbers take in memory. */
  abstract long bytes();
}
