package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Rope;

/** Rotary positions of the rows of one pass. */
final class Angles {
  private final ModelConfig config;
  private final Turning plain;
  private final Turning windowed;

  /** Angles under one rule, {@code [row][half a head]}. */
  private static final class Turning {
    private final float[] frequencies;
    private final float factor;
    private final float[] cos;
    private final float[] sin;

    Turning(Rope rope, int headSize, int rows) {
      frequencies = rope.frequencies(headSize);
      factor = rope.attentionFactor();
      cos = new float[rows * frequencies.length];
      sin = new float[cos.length];
    }

    void place(int row, int position) {
      int at = row * frequencies.length;
      for (int i = 0; i < frequencies.length; i++) {
        float angle = position * frequencies[i];
        cos[at + i] = (float) Math.cos(angle) * factor;
        sin[at + i] = (float) Math.sin(angle) * factor;
      }
    }

    void rotate(int row, float[] x, int at) {
      int half = frequencies.length;
      int from = row * half;
      for (int i = 0; i < half; i++) {
        float a = x[at + i];
        float b = x[at + half + i];
        x[at + i] = a * cos[from + i] - b * sin[from + i];
        x[at + half + i] = b * cos[from + i] + a * sin[from + i];
      }
    }
  }

  /**
   * @param rows at most
   */
  Angles(ModelConfig config, int rows) {
    this.config = config;
    plain = new Turning(config.rope(), config.headSize(), rows);
    Rope own = config.attending().windowedRope();
    windowed = own == null ? plain : new Turning(own, config.headSize(), rows);
  }

  /** Computes a row's angles, of all layers. */
  void place(int row, int position) {
    plain.place(row, position);
    if (windowed != plain) {
      windowed.place(row, position);
    }
  }

  /** Turns one head of a row in place. */
  void rotate(int layer, int row, float[] x, int at) {
    (config.attending().windowed().get(layer) ? windowed : plain).rotate(row, x, at);
  }
}
