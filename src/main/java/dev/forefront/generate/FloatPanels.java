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
    super(outputs, inputs, 1);
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
    int from = to * inputs() + input * WIDTH;
    Chain.rows(data, from, count, x.numbers(), input, x.stride(), rows, y, to, yStride);
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
    int from = panel * WIDTH * inputs() + input * WIDTH;
    chains(data, from, panel, input, count, x, 0, rows, y, yStride);
  }

  @Override
  void widenPlainly(int panel, int input, int count, Scratch scratch) {
    System.arraycopy(data, (panel * inputs() + input) * WIDTH, scratch.numbers, 0, count * WIDTH);
  }

  /** Adds all products to {@code y}, one panel after the other. */
  void add(float[] x, int xFrom, int xStride, int rows, float[] y, int yFrom, int yStride) {
    for (int to = 0; to < padded(outputs()); to += WIDTH) {
      int from = to * inputs();
      Chain.rows(data, from, inputs(), x, xFrom, xStride, rows, y, yFrom + to, yStride);
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
