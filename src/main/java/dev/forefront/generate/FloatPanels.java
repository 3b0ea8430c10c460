package dev.forefront.generate;

/** Panels of float32. */
final class FloatPanels extends Panels {
  private final float[] data;

  /**
   * @param weight {@code [outputs, inputs]} row-major
   */
  FloatPanels(float[] weight, int outputs, int inputs) {
    this(weight, 0, outputs, inputs);
  }

  /**
   * @param weight rows of {@code inputs} numbers, one below the other
   * @param first the row of the first output
   */
  FloatPanels(float[] weight, int first, int outputs, int inputs) {
    super(outputs, inputs);
    data = new float[Math.multiplyExact(padded(outputs), inputs)];
    for (int output = 0; output < outputs; output++) {
      int at = place(output, 1);
      int from = (first + output) * inputs;
      for (int input = 0; input < inputs; input++) {
        data[at + input * WIDTH] = weight[from + input];
      }
    }
  }

  @Override
  void multiply(int panel, Inputs x, int rows, float[] y, int yStride, Scratch scratch) {
    multiply(panel, x.numbers(), 0, x.stride(), rows, y, yStride);
  }

  /** Likewise: numbers that are wide already need no working memory. */
  private void multiply(
      int panel, float[] x, int xFrom, int xStride, int rows, float[] y, int yStride) {
    int to = panel * WIDTH;
    clear(y, to, yStride, rows);
    Chain.rows(data, to * inputs(), inputs(), x, xFrom, xStride, rows, y, to, yStride);
  }

  /** All panels, one after the other. */
  void multiply(float[] x, int xFrom, int xStride, int rows, float[] y, int yStride) {
    for (int panel = 0; panel < count(); panel++) {
      multiply(panel, x, xFrom, xStride, rows, y, yStride);
    }
  }

  @Override
  long bytes() {
    return (long) Float.BYTES * data.length;
  }

  @Override
  void read(int output, float[] out, int at) {
    int from = place(output, 1);
    for (int input = 0; input < inputs(); input++) {
      out[at + input] = data[from + input * WIDTH];
    }
  }
}
