package dev.forefront.release;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy asks in one place, what the reports show for it, and why that is not enough. */
sealed interface Finding {

  /** Empty where what was asked was shown. */
  List<String> reasons();

  /**
   * A criterion with every usable measurement of its figure.
   *
   * @param measured empty where nobody measured it
   * @param missed why what was shown is not what was asked
   * @param bearable whether all that was missed is of the kind that a board may bear: the figure is
   *     known, and it or its samples fall short
   * @param waived by what the release need not meet it; null where nothing is missed, or it must
   */
  record OfCriterion(
      Criterion criterion,
      List<Measurement> measured,
      List<String> missed,
      boolean bearable,
      @Nullable Waived waived)
      implements Finding {
    public OfCriterion {
      measured = List.copyOf(measured);
      missed = List.copyOf(missed);
    }

    @Override
    public List<String> reasons() {
      return waived == null ? missed : List.of();
    }

    OfCriterion waivedBy(Waived waiver) {
      return new OfCriterion(criterion, measured, missed, bearable, waiver);
    }
  }

  /**
   * A capability rule.
   *
   * @param reached why the threshold counts as reached; empty where it does not
   * @param asked its criteria, where it does
   */
  record OfCapability(
      Capability capability, String reached, List<OfCriterion> asked, List<String> reasons)
      implements Finding {
    public OfCapability {
      asked = List.copyOf(asked);
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * One stage beside the stage before it.
   *
   * @param fall the high end of the score's fall; not a number where it was not measured
   */
  record OfStage(Regression rule, String earlier, String later, double fall, List<String> reasons)
      implements Finding {
    public OfStage {
      reasons = List.copyOf(reasons);
    }
  }
}
