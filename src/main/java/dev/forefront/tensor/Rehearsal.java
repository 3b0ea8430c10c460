package dev.forefront.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Attention of zeros, again and again, while libtorch is being loaded: the JVM's compiler is
 * through with {@link AttentionWork} then when a first update needs it, which would take a second
 * longer otherwise.
 */
final class Rehearsal {
  private static final int TOKENS = 16;
  private static final int HEADS = 2;
  private static final int SIZE = 32;

  /** More of them take processors from loading: bin/jvm-flags has few runs count for many. */
  private static final int ROUNDS = 40;

  /** Whoever computes in earnest needs the processors more, and teaches the compiler as well. */
  private static volatile boolean isOver;

  private Rehearsal() {}

  static void end() {
    isOver = true;
  }

  static void run() {
    AttentionWork work = new AttentionWork();
    MemorySegment gradient = floats(3 * HEADS);
    AttentionPass pass =
        new AttentionPass(
            HEADS,
            HEADS,
            SIZE,
            1,
            0,
            SIZE / 2,
            new float[TOKENS * SIZE / 2],
            new float[TOKENS * SIZE / 2],
            Documents.rows(1, TOKENS),
            HEADS,
            TOKENS,
            floats(3 * HEADS),
            floats(HEADS),
            new float[HEADS * TOKENS],
            new float[HEADS * TOKENS]);
    for (int round = 0; round < ROUNDS && !isOver; round++) {
      work.forward(pass, 0);
      work.back(pass, 0, gradient);
    }
  }

  /** Memory of the kind that libtorch's is: the compiler would have to begin anew for another. */
  private static MemorySegment floats(int heads) {
    int bytes = TOKENS * heads * SIZE * Float.BYTES;
    return MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes).asFloatBuffer());
  }
}
