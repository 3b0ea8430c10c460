package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where formulas that are right on paper are not in float32. */
class PreferenceLossTest {

  /** exp() of a large margin is no number in float32: TinyAI's softplus overflows. */
  @ParameterizedTest
  @ValueSource(floats = {0, 100, -100, 10_000, -10_000})
  void anyMarginHasALossAndAGradient(float margin) {
    PreferenceLoss loss = new PreferenceLoss(1, 0.1, 0);
    try (Scope _ = Scope.open()) {
      Tensor policy = Tensor.of(new float[] {margin, 0}, 2).requireGradient();
      Tensor value = loss.value(policy, Tensor.zeros(2), 1).loss();
      value.backward();
      double expected = margin == 0 ? Math.log(2) : (margin > 0 ? 0.1 : 0.9) * Math.abs(margin);
      assertThat(value.item()).isCloseTo(expected, within(1e-4 * (1 + expected)));
      float pull = policy.gradient().floats()[0];
      assertThat(pull).isCloseTo(margin > 0 ? 0.1f : margin < 0 ? -0.9f : -0.4f, within(1e-5f));
    }
  }

  /** Smoothing is doubt about the label, never a bonus on probability (TinyAI). */
  @Test
  void smoothingMakesAGreatMarginCostSomething() {
    try (Scope _ = Scope.open()) {
      Tensor sure = Tensor.of(new float[] {50, 0}, 2);
      Tensor start = Tensor.zeros(2);
      double plain = new PreferenceLoss(1, 0, 0).value(sure, start, 1).loss().item();
      double smooth = new PreferenceLoss(1, 0.1, 0).value(sure, start, 1).loss().item();
      assertThat(plain).isCloseTo(0, within(1e-6));
      assertThat(smooth).isCloseTo(5, within(1e-3));
    }
  }
}
