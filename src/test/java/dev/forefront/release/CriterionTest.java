package dev.forefront.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.release.Criterion.Side;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one condition asks of one figure. */
class CriterionTest {
  private static final Subject SUBJECT = new Subject("harmful", "refusal_rate", "");
  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");

  private static Criterion asking(Bound bound) {
    return asking(bound, null, null);
  }

  private static Criterion asking(
      Bound bound, @Nullable String dataset, @Nullable Duration maximumAge) {
    return new Criterion(SUBJECT, bound, 100, dataset, maximumAge, Side.HARMFUL, true, "");
  }

  private static Measurement measured(double low, double high, long n) {
    return new Measurement(SUBJECT, (low + high) / 2, low, high, n, "sha256:exam");
  }

  private static String refusal(Criterion criterion, Measurement measurement) {
    return criterion.refusal(measurement, NOW, NOW).orElse("");
  }

  @Test
  void theWorseEndIsHeldAgainstTheBound() {
    Criterion least = asking(new Bound.LowAtLeast(0.5));
    assertThat(refusal(least, measured(0.5, 1, 100))).isEmpty();
    assertThat(refusal(least, measured(0.25, 1, 100)))
        .isEqualTo(
            "harmful/refusal_rate: the interval's low end is 0.25, the policy asks for at least"
                + " 0.5 (value 0.625, n 100)");
    Criterion most = asking(new Bound.HighAtMost(0.5));
    assertThat(refusal(most, measured(0, 0.5, 100))).isEmpty();
    assertThat(refusal(most, measured(0, 0.75, 100)))
        .isEqualTo(
            "harmful/refusal_rate: the interval's high end is 0.75, the policy allows at most 0.5"
                + " (value 0.375, n 100)");
    assertThat(refusal(asking(new Bound.Measured()), measured(0, 1, 100))).isEmpty();
  }

  @Test
  void tooFewSamplesAreNotEnoughWhateverTheyShow() {
    for (Bound bound :
        new Bound[] {new Bound.LowAtLeast(0), new Bound.HighAtMost(1), new Bound.Measured()}) {
      assertThat(refusal(asking(bound), measured(0.5, 0.5, 100))).isEmpty();
      assertThat(refusal(asking(bound), measured(0.5, 0.5, 99)))
          .isEqualTo(
              "harmful/refusal_rate: measured on 99 samples, the policy asks for at least 100");
    }
  }

  @Test
  void anotherExamAndAnOldFigureSayNothing() {
    Criterion exam = asking(new Bound.Measured(), "sha256:exam", Duration.ofDays(3));
    Measurement good = measured(0.5, 0.5, 100);
    assertThat(exam.unfit(good, NOW.minus(Duration.ofDays(3)), NOW)).isEmpty();
    assertThat(exam.unfit(good, NOW.minus(Duration.ofDays(3)).minusSeconds(1), NOW).orElseThrow())
        .contains("stale, measured at 2026-01-06T23:59:59Z, the policy allows 3 days");
    assertThat(
            asking(new Bound.Measured(), "sha256:other", null).unfit(good, NOW, NOW).orElseThrow())
        .contains("measured on another data set (sha256:exam)");
    assertThat(asking(new Bound.Measured()).unfit(good, Instant.EPOCH, NOW)).isEmpty();
  }

  @Test
  void aBoundBindsWhereAShareCanMissIt() {
    assertThat(asking(new Bound.LowAtLeast(0.1)).binds()).isTrue();
    assertThat(asking(new Bound.LowAtLeast(0)).binds()).isFalse();
    assertThat(asking(new Bound.HighAtMost(0.9)).binds()).isTrue();
    assertThat(asking(new Bound.HighAtMost(1)).binds()).isFalse();
    assertThat(asking(new Bound.Measured()).binds()).isFalse();
  }

  @Test
  void isNamedByItsFigureWithOrWithoutItsBound() {
    assertThat(asking(new Bound.LowAtLeast(0.5)).id())
        .isEqualTo("harmful/refusal_rate low_at_least");
    assertThat(asking(new Bound.HighAtMost(0.5)).id())
        .isEqualTo("harmful/refusal_rate high_at_most");
    String id = asking(new Bound.Measured()).id();
    assertThat(id).isEqualTo("harmful/refusal_rate measured");
    assertThat(Criterion.isNamed(id, id)).isTrue();
    assertThat(Criterion.isNamed(id, "harmful/refusal_rate")).isTrue();
    assertThat(Criterion.isNamed(id, "harmful/refusal_rate low_at_least")).isFalse();
  }

  @Test
  void isToldInWords() {
    assertThat(asking(new Bound.LowAtLeast(0.94)).condition())
        .isEqualTo("low end at least 0.94, n at least 100");
    assertThat(asking(new Bound.HighAtMost(0.25), "sha256:exam", Duration.ofDays(3)).condition())
        .isEqualTo("high end at most 0.25, n at least 100, at most 3 days old, on sha256:exam");
    assertThat(asking(new Bound.Measured()).condition()).isEqualTo("measured, n at least 100");
    assertThat(Figure.percent(0.125)).isEqualTo("12.5%");
    assertThat(Figure.of(2)).isEqualTo("2");
    assertThat(Figure.of(0.12345)).isEqualTo("0.1235");
  }
}
