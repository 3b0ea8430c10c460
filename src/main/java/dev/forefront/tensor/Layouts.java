package dev.forefront.tensor;

/**
 * One head's numbers, {@code [token][width]}, laid out as {@link Tile} reads them. Widths are whole
 * tiles, and there are as many tokens.
 */
final class Layouts {
  private static final int ROWS = Tile.ROWS;
  private static final int COLUMNS = Tile.COLUMNS;

  private Layouts() {}

  /** Tokens side by side: {@code [token / ROWS][width][ROWS]}. */
  static void strips(float[] rows, int at, int tokens, int width, float[] to) {
    for (int strip = 0; strip < tokens * width; strip += ROWS * width) {
      int from = at + strip;
      for (int i = 0; i < width; i++) {
        to[strip + i * ROWS] = rows[from + i];
        to[strip + i * ROWS + 1] = rows[from + width + i];
        to[strip + i * ROWS + 2] = rows[from + 2 * width + i];
        to[strip + i * ROWS + 3] = rows[from + 3 * width + i];
      }
    }
  }

  /** Likewise: {@code [token / COLUMNS][width][COLUMNS]}. */
  static void panels(float[] rows, int at, int tokens, int width, float[] to) {
    for (int panel = 0; panel < tokens * width; panel += COLUMNS * width) {
      for (int column = 0; column < COLUMNS; column++) {
        int from = at + panel + column * width;
        for (int i = 0; i < width; i++) {
          to[panel + i * COLUMNS + column] = rows[from + i];
        }
      }
    }
  }

  /** Entries side by side: {@code [width / ROWS][token][ROWS]}. */
  static void entryStrips(float[] rows, int at, int tokens, int width, float[] to) {
    for (int entry = 0; entry < width; entry += ROWS) {
      int strip = entry * tokens;
      for (int token = 0; token < tokens; token++) {
        int from = at + token * width + entry;
        to[strip + token * ROWS] = rows[from];
        to[strip + token * ROWS + 1] = rows[from + 1];
        to[strip + token * ROWS + 2] = rows[from + 2];
        to[strip + token * ROWS + 3] = rows[from + 3];
      }
    }
  }

  /** Likewise: {@code [width / COLUMNS][token][COLUMNS]}. */
  static void entryPanels(float[] rows, int at, int tokens, int width, float[] to) {
    for (int entry = 0; entry < width; entry += COLUMNS) {
      for (int token = 0; token < tokens; token++) {
        int from = at + token * width + entry;
        System.arraycopy(rows, from, to, entry * tokens + token * COLUMNS, COLUMNS);
      }
    }
  }

  /**
   * A panel, {@code [width][COLUMNS]}, to rows.
   *
   * @param factors of each column
   */
  static void rows(float[] panel, int width, float[] factors, int first, float[] rows, int at) {
    for (int column = 0; column < COLUMNS; column++) {
      int to = at + column * width;
      float factor = factors[first + column];
      for (int i = 0; i < width; i++) {
        rows[to + i] = panel[i * COLUMNS + column] * factor;
      }
    }
  }

  /**
   * Turns heads by the angles of their places, from 0 on, and scales them.
   *
   * @param sense 1, or -1 for the derivative: the other way round, lengthened alike
   */
  static void turn(
      AttentionPass pass, float[] rows, int at, int tokens, int width, float sense, float scale) {
    int pairs = pass.pairs();
    float[] cos = pass.cos();
    float[] sin = pass.sin();
    for (int place = 0; place < tokens; place++) {
      int head = at + place * width;
      int angle = place * pairs;
      for (int i = 0; i < pairs; i++) {
        float a = rows[head + i];
        float b = rows[head + pairs + i];
        float c = cos[angle + i] * scale;
        float s = sin[angle + i] * sense * scale;
        rows[head + i] = a * c - b * s;
        rows[head + pairs + i] = b * c + a * s;
      }
      for (int i = 2 * pairs; scale != 1 && i < width; i++) {
        rows[head + i] *= scale;
      }
    }
  }
}
