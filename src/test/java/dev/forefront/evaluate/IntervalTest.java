package dev.forefront.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {

  // As any statistics package prints for the exact binomial test.
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0, 0.3084971",
    "10, 10, 0.6915029, 1",
    "5, 10, 0.1870860, 0.8129140",
    "50, 100, 0.3983211, 0.6016789",
    "97, 100, 0.9148237, 0.9937702",
    "1, 20, 0.0012651, 0.2487328",
    "1, 1, 0.025, 1",
  })
  void agreesWithKnownExactIntervals(long successes, long n, double low, double high) {
    Interval interval = Interval.ofRate(successes, n);
    assertThat(interval.low()).isCloseTo(low, within(1e-6));
    assertThat(interval.high()).isCloseTo(high, within(1e-6));
  }

  @Test
  void coversAtLeastNinetyFivePercentOfOutcomesAtAnyRate() {
    int n = 40;
    for (double rate = 0.01; rate < 1; rate += 0.07) {
      double covered = 0;
      double probability = Math.pow(1 - rate, n);
      for (int k = 0; k <= n; k++) {
        Interval interval = Interval.ofRate(k, n);
        covered += interval.low() <= rate && rate <= interval.high() ? probability : 0;
        probability *= (n - k) / (k + 1.0) * rate / (1 - rate);
      }
      assertThat(covered).isGreaterThanOrEqualTo(0.95 - 1e-9);
    }
  }

  @Test
  void isRightForLargeCounts() {
    Interval interval = Interval.ofRate(900_000, 1_000_000);
    double half = 1.959964 * Math.sqrt(0.9 * 0.1 / 1_000_000);
    assertThat(interval.low()).isCloseTo(0.9 - half, within(2e-6));
    assertThat(interval.high()).isCloseTo(0.9 + half, within(2e-6));
  }

  @Test
  void refusesWhatIsNoRate() {
    assertThatThrownBy(() -> Interval.ofRate(3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Interval.ofRate(0, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bootstrapsTheSameIntervalFromTheSameSeed() {
    double[] figures = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    Interval first = Interval.bootstrap(10, 7, at -> mean(figures, at));
    assertThat(Interval.bootstrap(10, 7, at -> mean(figures, at))).isEqualTo(first);
    assertThat(first.low()).isBetween(3.0, 5.0);
    assertThat(first.high()).isBetween(6.0, 8.0);
  }

  private static double mean(double[] figures, int[] drawn) {
    return Arrays.stream(drawn).mapToDouble(at -> figures[at]).average().orElseThrow();
  }
}
