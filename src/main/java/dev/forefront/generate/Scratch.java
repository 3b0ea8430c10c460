package dev.forefront.generate;

/** Working memory of one thread that multiplies. */
final class Scratch {
  /** Widened numbers of a panel: those of {@link Panels#CHUNK} inputs. */
  final float[] numbers = new float[Panels.WIDTH * Panels.CHUNK];

  private float[] scales = new float[0];
  private float[] leasts = new float[0];

  /** At least so many numbers for a panel's scales, whatever stands in them. */
  float[] scales(int count) {
    if (scales.length < count) {
      scales = new float[count];
    }
    return scales;
  }

  /** Likewise, for what is added to each. */
  float[] leasts(int count) {
    if (leasts.length < count) {
      leasts = new float[count];
    }
    return leasts;
  }
}
