package dev.forefront.generate;

/**
 * The scales of a quantised matrix in the order of its panels: sixteen bits each where the file has
 * no more, since writing tokens waits for memory, not for the processor.
 */
final class Scales {
  private final short[] halves;
  private final float[] floats;

  /**
   * @param areHalves whether all of them are float16 numbers
   */
  Scales(int count, boolean areHalves) {
    halves = new short[areHalves ? count : 0];
    floats = new float[areHalves ? 0 : count];
  }

  void set(int at, float scale) {
    if (halves.length > 0) {
      halves[at] = Float.floatToFloat16(scale);
    } else {
      floats[at] = scale;
    }
  }

  float get(int at) {
    return halves.length > 0 ? Float.float16ToFloat(halves[at]) : floats[at];
  }

  /** All of them, where they have more than sixteen bits. */
  float[] floats() {
    return floats;
  }

  /** Widens some of them, from {@code from} on. */
  void widen(int from, int count, float[] out) {
    if (halves.length == 0) {
      System.arraycopy(floats, from, out, 0, count);
      return;
    }
    Plain.widen(halves, from, out, 0, count);
  }

  long bytes() {
    return (long) Short.BYTES * halves.length + (long) Float.BYTES * floats.length;
  }
}
