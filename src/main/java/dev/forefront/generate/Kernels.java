package dev.forefront.generate;

/** What a pass is computed with; the numbers are the same to the last bit. */
enum Kernels {
  /** Loops of {@link Plain}, which run tolerably at once. */
  PLAIN,
  /** Vectors, which run ten times as fast once the JVM's compiler is through with them. */
  VECTORS
}
