package dev.forefront.serve;

import dev.forefront.guard.Hazard;
import dev.forefront.guard.Side;
import dev.forefront.guard.Signal;
import dev.forefront.guard.Stage;
import dev.forefront.guard.Word;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Blocks one word, and breaks as the plan of the reply says that it reads. */
final class FaultyStage implements Stage {
  private static final ThreadLocal<FaultPlan> NEXT = new ThreadLocal<>();

  private final Duration deadline;

  FaultyStage(Duration deadline) {
    this.deadline = deadline;
  }

  /** The reply that this thread judges from now on. */
  static void next(FaultPlan plan) {
    NEXT.set(plan);
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public Reader open(Side side) {
    FaultPlan plan = NEXT.get();
    Fault fault = side == Side.INPUT || plan == null ? Fault.NOTHING : plan.fault();
    return switch (fault) {
      case STAGE_FAILS_TO_OPEN -> throw new IllegalStateException("the plan says so");
      case STAGE_OPENS_NULL -> nothing();
      default -> new Broken(fault);
    };
  }

  @SuppressWarnings("NullAway") // A broken stage keeps no promise.
  private static <T> T nothing() {
    return null;
  }

  /** Also what the compiler would not let pass. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> void throwAny(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private final class Broken implements Reader {
    private final Fault fault;
    private final List<Signal> signals = new ArrayList<>();
    private boolean struck;

    Broken(Fault fault) {
      this.fault = fault;
    }

    @Override
    public void word(Word word) {
      // Letters written apart come with whatever single letters stand before them.
      if (word.text().contains(FaultPlan.HARM)) {
        signals.add(new Signal(Hazard.S2, 1, 0.5, "the word was there"));
      }
      if (word.text().equals(Fault.INPUT_STAGE_THROWS.word())) {
        throw new IllegalStateException("the plan says so");
      }
      if (word.text().equals(Fault.INPUT_STAGE_HANGS.word())) {
        hang();
      }
      if (word.text().equals(FaultPlan.TRIGGER) && !struck) {
        struck = true;
        strike();
      }
    }

    private void strike() {
      switch (fault) {
        case STAGE_BLOCKS -> signals.add(new Signal(Hazard.S1, 0.9, 0.5, "the plan says so"));
        case STAGE_THROWS -> throw new IllegalStateException("the plan says so");
        case STAGE_THROWS_A_CHECKED_EXCEPTION -> throwAny(new IOException("the plan says so"));
        case STAGE_THROWS_AN_ERROR -> throw new AssertionError("the plan says so");
        case STAGE_OVERFLOWS_THE_STACK -> overflow(0);
        case STAGE_ASKS_FOR_TOO_MUCH_MEMORY ->
            signals.add(signal(new long[Integer.MAX_VALUE].length, 0.5));
        case STAGE_HANGS -> hang();
        case STAGE_SPINS_AND_HEARS_NO_INTERRUPT -> spin();
        case STAGE_ANSWERS_NO_NUMBER -> signals.add(signal(Double.NaN, 0.5));
        case STAGE_ANSWERS_A_NEGATIVE_SCORE -> signals.add(signal(-0.01, 0.5));
        case STAGE_ANSWERS_A_SCORE_ABOVE_ONE -> signals.add(signal(1.5, 2));
        case STAGE_ANSWERS_INFINITY -> signals.add(signal(Double.NEGATIVE_INFINITY, 0.5));
        case STAGE_ANSWERS_NO_LIMIT -> signals.add(signal(0.1, Double.POSITIVE_INFINITY));
        case STAGE_ANSWERS_A_SIGNAL_WITHOUT_HAZARD ->
            signals.add(new Signal(nothing(), 0.1, 0.5, "no hazard"));
        case STAGE_INTERRUPTS_ITS_THREAD -> Thread.currentThread().interrupt();
        default -> {}
      }
    }

    private static Signal signal(double score, double limit) {
      return new Signal(Hazard.S1, score, limit, "nonsense");
    }

    @SuppressWarnings("InfiniteRecursion") // That is the fault.
    private static int overflow(int depth) {
      return depth + overflow(depth + 1) * overflow(depth + 2);
    }

    private static void hang() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void spin() {
      long until = System.nanoTime() + deadline.toNanos() * 3 / 2;
      while (System.nanoTime() < until) {
        try {
          Thread.sleep(1);
        } catch (InterruptedException ignored) {
          // That is the fault.
        }
      }
    }

    @Override
    public List<Signal> signals() {
      if (struck && fault == Fault.STAGE_ANSWERS_NULL) {
        return nothing();
      }
      return struck && fault == Fault.STAGE_ANSWERS_A_LIST_WITH_NULL
          ? Arrays.asList((Signal) nothing())
          : signals;
    }

    @Override
    public boolean settled() {
      return fault != Fault.STAGE_NEVER_SETTLES;
    }
  }
}
