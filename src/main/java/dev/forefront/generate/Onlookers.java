package dev.forefront.generate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who looks at the residual stream of a pass: probes, whose few scores are summed up over the
 * layers, and readers, who are shown it. Where nobody looks, nothing is computed or copied. One per
 * {@link Forward}.
 */
final class Onlookers {
  private final int width;
  private final int wide;
  private final @Nullable Watch[] watches;
  private final @Nullable Shown[] shown;
  private final int[] places;
  private final float[] seen;
  private float[] scores = {};
  private int stride;
  private int watched;
  private int readers;

  /**
   * @param rows at most
   * @param wide the rows' distance in the stream
   */
  Onlookers(int rows, int width, int wide) {
    this.width = width;
    this.wide = wide;
    watches = new @Nullable Watch[rows];
    shown = new @Nullable Shown[rows];
    places = new int[rows];
    seen = new float[width];
  }

  void clear() {
    watched = 0;
    readers = 0;
  }

  void add(int row, int place, @Nullable Watch watch, @Nullable Shown reader) {
    watches[row] = watch;
    shown[row] = reader;
    places[row] = place;
    watched += watch == null ? 0 : 1;
    readers += reader == null ? 0 : 1;
  }

  /** Looks at all rows after a layer; the first one comes first. */
  void look(int layer, float[] residual, int rows) {
    if (watched > 0) {
      if (layer == 0) {
        makeRoom(rows);
      }
      watch(layer, residual, rows);
    }
    if (readers > 0) {
      show(layer, residual, rows);
    }
  }

  private void makeRoom(int rows) {
    stride = 0;
    for (int row = 0; row < rows; row++) {
      Watch watch = watches[row];
      stride = Math.max(stride, watch == null ? 0 : Panels.padded(watch.heads()));
    }
    if (scores.length < watches.length * stride) {
      scores = new float[watches.length * stride];
    }
    Arrays.fill(scores, 0, rows * stride, 0);
  }

  /** Rows that stand together and have one probe are one matrix product. */
  private void watch(int layer, float[] residual, int rows) {
    for (int from = 0; from < rows; ) {
      Watch watch = watches[from];
      int to = from + 1;
      while (to < rows && watches[to] == watch) {
        to++;
      }
      FloatPanels weights = watch == null ? null : watch.layer(layer);
      if (weights != null) {
        weights.add(residual, from * wide, wide, to - from, scores, from * stride, stride);
      }
      from = to;
    }
  }

  private void show(int layer, float[] residual, int rows) {
    for (int row = 0; row < rows; row++) {
      Shown to = shown[row];
      if (to != null && to.layers().contains(layer)) {
        System.arraycopy(residual, row * wide, seen, 0, width);
        to.reader().row(layer, places[row], seen);
      }
    }
  }

  /** What the probe of a row read. */
  float[] readings(int row) {
    Watch watch = watches[row];
    if (watch == null) {
      throw new IllegalStateException("no probe looks at this row");
    }
    float[] logits = new float[watch.heads()];
    for (int head = 0; head < logits.length; head++) {
      logits[head] = scores[row * stride + head] + watch.bias(head);
    }
    return logits;
  }
}
