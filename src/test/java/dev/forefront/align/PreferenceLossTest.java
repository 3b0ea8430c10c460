package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.PreferenceSettings.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where formulas that are right on paper are not in float32. */
class PreferenceLossTest {

  /** exp() of a large margin is no number in float32: TinyAI's softplus overflows. */
  @ParameterizedTest
  @ValueSource(floats = {0, 100, -100, 10_000, -10_000})
  void anyMarginHasALossAndAGradient(float margin) {
    try (Scope _ = Scope.open()) {
      Tensor policy = Tensor.of(new float[] {margin, 0}, 2).requireGradient();
      Tensor value = loss(new PreferenceSettings(1, 0.1, 0), policy);
      value.backward();
      double expected = margin == 0 ? Math.log(2) : (margin > 0 ? 0.1 : 0.9) * Math.abs(margin);
      assertThat(value.item()).isCloseTo(expected, within(1e-4 * (1 + expected)));
      float pull = policy.gradient().floats()[0];
      assertThat(pull).isCloseTo(margin > 0 ? 0.1f : margin < 0 ? -0.9f : -0.4f, within(1e-5f));
    }
  }

  /** DiscoPOP's exp of a margin times a sigmoid of it is no number in TRL from -89 on. */
  @TestFactory
  Stream<DynamicTest> everyLossAndGradientIsANumberHoweverFarApartTwoRepliesAre() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Loss loss :
        Arrays.stream(Loss.values())
            .filter(Loss::isOfPairs)
            .filter(loss -> loss != Loss.REWARD)
            .toList()) {
      for (float[] scores : new float[][] {{-20_000, 0}, {0, -20_000}, {0, 0}, {-90, -90}}) {
        tests.add(
            DynamicTest.dynamicTest(
                loss + " " + Arrays.toString(scores), () -> checkNumbers(loss, scores)));
      }
    }
    return tests.stream();
  }

  private static void checkNumbers(Loss kind, float[] scores) {
    try (Scope _ = Scope.open()) {
      Tensor policy = Tensor.of(scores, 2).requireGradient();
      Tensor value = loss(kind.usual(), policy);
      value.backward();
      assertThat(value.item()).isFinite();
      for (float pull : policy.gradient().floats()) {
        assertThat(pull).isFinite();
      }
    }
  }

  private static Tensor loss(PreferenceSettings settings, Tensor policy) {
    Replies replies = new Replies(policy, new int[] {2, 2});
    return switch (PreferenceLoss.of(settings)) {
      case StartLoss loss -> loss.value(replies, Tensor.zeros(2)).loss();
      case ContrastiveLoss loss -> loss.value(replies).loss();
      case OddsRatioLoss loss -> loss.value(replies, Tensor.zeros(2)).loss();
    };
  }

  /** Smoothing is doubt about the label, never a bonus on probability (TinyAI). */
  @Test
  void smoothingMakesAGreatMarginCostSomething() {
    try (Scope _ = Scope.open()) {
      Tensor sure = Tensor.of(new float[] {50, 0}, 2);
      double plain = loss(new PreferenceSettings(1, 0, 0), sure).item();
      double smooth = loss(new PreferenceSettings(1, 0.1, 0), sure).item();
      assertThat(plain).isCloseTo(0, within(1e-6));
      assertThat(smooth).isCloseTo(5, within(1e-3));
    }
  }

  @Test
  void transportComparesTheSmallestWithTheSmallest() {
    Loss paired = Loss.AOT;
    try (Scope _ = Scope.open()) {
      // Margins of the policy 3 and 1, of the start model 0 and 2: sorted, 1 and 1 are left.
      Replies policy = new Replies(Tensor.of(new float[] {3, 1, 0, 0}, 4), new int[] {1, 1, 1, 1});
      Tensor start = Tensor.of(new float[] {0, 2, 0, 0}, 4);
      StartLoss loss = (StartLoss) PreferenceLoss.of(new PreferenceSettings(paired, 1, 0, 0, 0));
      assertThat(loss.value(policy, start).loss().item())
          .isCloseTo(Math.log1p(Math.exp(-1)), within(1e-6));
    }
  }
}
