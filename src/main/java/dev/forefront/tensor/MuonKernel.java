package dev.forefront.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One update of a matrix by Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon):
 * momentum, whose nearest semi-orthogonal matrix is the step. Rules and order of operations are
 * those of {@code torch.optim.Muon}.
 */
public final class MuonKernel {
  // Of the quintic iteration, as published with Muon.
  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;
  private static final double EPSILON = 1e-7;

  /** In which numbers the iteration runs; weights and momentum are float32. */
  public enum Precision {
    FLOAT32(ScalarType.Float),
    BFLOAT16(ScalarType.BFloat16);

    private final ScalarType type;

    Precision(ScalarType type) {
      this.type = type;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the rate follows a matrix' shape. */
  public enum Adjust {
    /** By the root of rows over columns, where that is above 1. */
    ORIGINAL {
      @Override
      double factor(long rows, long columns) {
        return Math.sqrt(Math.max(1, rows / (double) columns));
      }
    },
    /** So that a step is as large as one of AdamW (Liu et al. 2025, section 2.2). */
    MATCH_RMS_ADAMW {
      @Override
      double factor(long rows, long columns) {
        return 0.2 * Math.sqrt((double) Math.max(rows, columns));
      }
    };

    abstract double factor(long rows, long columns);

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param rate of this update, before the adjustment
   * @param decay decoupled weight decay, which follows the plain rate
   * @param nesterov whether the step looks ahead along the momentum
   * @param iterations of Newton and Schulz
   * @param scale of the gradient
   */
  public record Settings(
      double rate,
      double momentum,
      boolean nesterov,
      double decay,
      int iterations,
      Adjust adjust,
      Precision precision,
      double scale) {}

  private MuonKernel() {}

  /**
   * Updates a matrix in place.
   *
   * @param momentum like the matrix
   */
  public static void update(Tensor matrix, Tensor gradient, Tensor momentum, Settings settings) {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      org.bytedeco.pytorch.Tensor slope = scaled(gradient.pointer(), settings.scale());
      org.bytedeco.pytorch.Tensor buffer = momentum.pointer();
      buffer.lerp_(slope, new Scalar(1 - settings.momentum()));
      org.bytedeco.pytorch.Tensor step =
          settings.nesterov() ? slope.lerp(buffer, new Scalar(settings.momentum())) : buffer;
      Tensor direction = orthogonal(new Tensor(step), settings.iterations(), settings.precision());
      org.bytedeco.pytorch.Tensor weights = matrix.pointer();
      if (settings.decay() > 0) {
        weights.mul_(new Scalar(1 - settings.rate() * settings.decay()));
      }
      double rate = settings.rate() * settings.adjust().factor(step.size(0), step.size(1));
      weights.add_(direction.pointer().to(ScalarType.Float), new Scalar(-rate));
    }
  }

  private static org.bytedeco.pytorch.Tensor scaled(
      org.bytedeco.pytorch.Tensor gradient, double scale) {
    return scale == 1 ? gradient : gradient.mul(new Scalar(scale));
  }

  /**
   * Brings all singular values of a matrix near 1 and keeps its singular vectors.
   *
   * @return in the numbers of {@code precision}
   */
  public static Tensor orthogonal(Tensor matrix, int iterations, Precision precision) {
    org.bytedeco.pytorch.Tensor x = matrix.pointer().to(precision.type);
    boolean tall = x.size(0) > x.size(1);
    x = tall ? x.transpose(0, 1) : x;
    x = x.div(x.norm().clamp_min(new Scalar(EPSILON)));
    for (int i = 0; i < iterations; i++) {
      org.bytedeco.pytorch.Tensor gram = product(x, x.transpose(0, 1));
      org.bytedeco.pytorch.Tensor turn = plusProduct(gram, B, gram, gram, C);
      x = plusProduct(x, A, turn, x, 1);
    }
    return new Tensor(tall ? x.transpose(0, 1) : x);
  }

  private static org.bytedeco.pytorch.Tensor product(
      org.bytedeco.pytorch.Tensor a, org.bytedeco.pytorch.Tensor b) {
    return Product.of(new Tensor(a), new Tensor(b.transpose(0, 1)), null).pointer();
  }

  /** {@code beta * x + alpha * a @ b}. */
  private static org.bytedeco.pytorch.Tensor plusProduct(
      org.bytedeco.pytorch.Tensor x,
      double beta,
      org.bytedeco.pytorch.Tensor a,
      org.bytedeco.pytorch.Tensor b,
      double alpha) {
    // Short numbers are rounded once, where the sum is taken.
    return x.scalar_type().intern() == ScalarType.Float
        ? product(a, b).mul_(new Scalar(alpha)).add_(x, new Scalar(beta))
        : torch.addmm(x, a, b, new Scalar(beta), new Scalar(alpha));
  }
}
