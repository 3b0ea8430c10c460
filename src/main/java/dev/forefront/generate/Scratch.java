package dev.forefront.generate;

/** Working memory of one thread that multiplies; it fits into a first-level cache. */
final class Scratch {
  private static final int SMALLEST_BLOCK = 16;

  /** What one of the panels that go forward by turns needs. */
  static final class Stream {
    /** Scales of a panel's blocks: those of {@link Panels#SECTION} inputs. */
    final float[] scales = new float[Panels.WIDTH * Panels.SECTION / SMALLEST_BLOCK];

    /** What is added to a number times each of these scales. */
    final float[] leasts = new float[Panels.WIDTH * Panels.SECTION / SMALLEST_BLOCK];

    /** Of one block, in two halves each. */
    final int[] sums = new int[Panels.WIDTH];
  }

  /** Widened numbers of a panel: those of {@link Panels#CHUNK} inputs. */
  final float[] numbers = new float[Panels.WIDTH * Panels.CHUNK];

  private final Stream[] streams = {new Stream(), new Stream()};

  Stream stream(int number) {
    return streams[number];
  }
}
