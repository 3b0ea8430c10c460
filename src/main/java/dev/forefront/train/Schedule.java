package dev.forefront.train;

import java.util.Locale;

/**
 * The learning rate of each update.
 *
 * <p>Every kind warms up from 0 (or from the floor, where {@link WarmupStableDecay} has one) over
 * its first {@code warmup} updates, so the very first update after a warmup has rate 0. The
 * formulas are the ones that Hugging Face's {@code get_scheduler} uses, so that a schedule means
 * the same in both houses.
 */
public sealed interface Schedule {

  /** The rate of update {@code step}, the first being 0. */
  double rate(long step);

  /** The highest rate. */
  double peak();

  /** Warms up, then stays. */
  record Constant(double peak, long warmup) implements Schedule {
    public Constant {
      check(peak, warmup);
    }

    @Override
    public double rate(long step) {
      return step < warmup ? peak * rising(step, warmup) : peak;
    }
  }

  /** Warms up, then falls in a straight line to 0 at {@code steps}. */
  record Linear(double peak, long warmup, long steps) implements Schedule {
    public Linear {
      check(peak, warmup, steps);
    }

    @Override
    public double rate(long step) {
      if (step < warmup) {
        return peak * rising(step, warmup);
      }
      return peak * Math.max(0, (steps - step) / (double) Math.max(1, steps - warmup));
    }
  }

  /**
   * Warms up, then follows half a cosine down to {@code floor} times the peak (Loshchilov and
   * Hutter 2017, without restarts).
   */
  record Cosine(double peak, long warmup, long steps, double floor) implements Schedule {
    public Cosine {
      check(peak, warmup, steps);
      checkFloor(floor);
    }

    @Override
    public double rate(long step) {
      if (step < warmup) {
        return peak * rising(step, warmup);
      }
      return peak * Math.max(0, above(floor, Shape.COSINE.falling(progress(step, warmup, steps))));
    }
  }

  /** The cosine of {@link Cosine} run {@code cycles} times, each from the peak to 0. */
  record CosineRestarts(double peak, long warmup, long steps, int cycles) implements Schedule {
    public CosineRestarts {
      check(peak, warmup, steps);
      if (cycles < 1) {
        throw new IllegalArgumentException("a schedule needs at least one cycle, not " + cycles);
      }
    }

    @Override
    public double rate(long step) {
      if (step < warmup) {
        return peak * rising(step, warmup);
      }
      double progress = progress(step, warmup, steps);
      return progress >= 1 ? 0 : peak * Shape.COSINE.falling((cycles * progress) % 1);
    }
  }

  /**
   * Warms up, stays, decays to {@code floor} times the peak (Hu et al. 2024, MiniCPM): a run can be
   * prolonged before its decay without having planned for it.
   */
  record WarmupStableDecay(
      double peak, long warmup, long stable, long decay, Shape rise, Shape fall, double floor)
      implements Schedule {
    public WarmupStableDecay {
      check(peak, warmup);
      checkFloor(floor);
      if (stable < 0 || decay < 0) {
        throw new IllegalArgumentException("stable and decay steps must not be negative");
      }
    }

    @Override
    public double rate(long step) {
      if (step < warmup) {
        return peak * above(floor, rise.rising(rising(step, warmup)));
      }
      if (step < warmup + stable) {
        return peak;
      }
      if (step < warmup + stable + decay) {
        double progress = (step - warmup - stable) / (double) Math.max(1, decay);
        return peak * above(floor, fall.falling(progress));
      }
      return peak * floor;
    }
  }

  /** Warms up, then falls with the root of the step; never ends. */
  record InverseSquareRoot(double peak, long warmup) implements Schedule {
    public InverseSquareRoot {
      check(peak, warmup);
      if (warmup == 0) {
        throw new IllegalArgumentException("inverse square root decay is measured in its warmup");
      }
    }

    @Override
    public double rate(long step) {
      return step < warmup ? peak * rising(step, warmup) : peak / Math.sqrt(step / (double) warmup);
    }
  }

  /** Warms up, then falls to {@code last} with a power of what is left. */
  record Polynomial(double peak, long warmup, long steps, double last, double power)
      implements Schedule {
    public Polynomial {
      check(peak, warmup, steps);
      if (!(last >= 0 && last < peak && power > 0)) {
        throw new IllegalArgumentException(
            "the last rate must be below the peak, the power above 0");
      }
    }

    @Override
    public double rate(long step) {
      if (step < warmup) {
        return peak * rising(step, warmup);
      }
      if (step > steps) {
        return last;
      }
      return (peak - last) * Math.pow(1 - progress(step, warmup, steps), power) + last;
    }
  }

  /** How a warmup rises or a decay falls, between 0 and 1. */
  enum Shape {
    LINEAR,
    COSINE,
    ONE_MINUS_SQRT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    double rising(double progress) {
      return switch (this) {
        case LINEAR -> progress;
        case COSINE -> 0.5 * (1 - Math.cos(Math.PI * progress));
        case ONE_MINUS_SQRT -> 1 - Math.sqrt(1 - progress);
      };
    }

    double falling(double progress) {
      return switch (this) {
        case LINEAR -> 1 - progress;
        case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
        case ONE_MINUS_SQRT -> 1 - Math.sqrt(progress);
      };
    }
  }

  private static double rising(long step, long warmup) {
    return step / (double) Math.max(1, warmup);
  }

  private static double progress(long step, long warmup, long steps) {
    return (step - warmup) / (double) Math.max(1, steps - warmup);
  }

  private static double above(double floor, double factor) {
    return factor * (1 - floor) + floor;
  }

  private static void check(double peak, long warmup) {
    if (!(peak >= 0 && peak < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the peak rate must be at least 0, not " + peak);
    }
    if (warmup < 0) {
      throw new IllegalArgumentException("the warmup must not be negative: " + warmup);
    }
  }

  private static void check(double peak, long warmup, long steps) {
    check(peak, warmup);
    if (steps < warmup) {
      throw new IllegalArgumentException(
          "the warmup of %d is longer than the %d steps".formatted(warmup, steps));
    }
  }

  private static void checkFloor(double floor) {
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("the floor is a share of the peak, not " + floor);
    }
  }
}
