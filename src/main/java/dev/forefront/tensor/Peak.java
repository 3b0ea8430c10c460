package dev.forefront.tensor;

/** What this machine can do at most, measured: large matrix products and nothing else. */
public final class Peak {
  private static final int SIZE = 1024;
  // Long enough that other processes do not have the cores all the while.
  private static final double SECONDS = 0.4;

  private Peak() {}

  /** Operations in a second in the numbers of {@link Torch#computing}, in 10^9; half a second. */
  public static double gflops() {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad();
        Torch.Casting _ = Torch.casting()) {
      Tensor a = Tensor.ones(SIZE, SIZE);
      double best = Double.POSITIVE_INFINITY;
      long begun = System.nanoTime();
      while ((System.nanoTime() - begun) / 1e9 < SECONDS) {
        long from = System.nanoTime();
        a.linear(a).narrow(0, 0, 1).narrow(1, 0, 1).sum().item();
        best = Math.min(best, (System.nanoTime() - from) / 1e9);
      }
      return 2.0 * SIZE * SIZE * SIZE / best / 1e9;
    }
  }
}
