package dev.forefront.release;

import java.util.List;

/** What a policy asks in one place, what the reports show for it, and why that is not enough. */
sealed interface Finding {

  /** Empty where what was asked was shown. */
  List<String> reasons();

  /**
   * A criterion with every usable measurement of its figure.
   *
   * @param measured empty where nobody measured it
   */
  record OfCriterion(Criterion criterion, List<Measurement> measured, List<String> reasons)
      implements Finding {
    public OfCriterion {
      measured = List.copyOf(measured);
      reasons = List.copyOf(reasons);
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
