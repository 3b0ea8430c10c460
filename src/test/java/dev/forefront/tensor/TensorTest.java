package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void gradientsFlowToLeaves() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3).requireGradient();
      assertThat(x.hasGradient()).isFalse();
      x.square().sum().backward();
      assertThat(x.gradient().floats()).containsExactly(2, 4, 6);
      x.clearGradient();
      assertThat(x.hasGradient()).isFalse();
    }
  }

  @Test
  void recordsNothingWhereGradientsAreOff() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2}, 2).requireGradient();
      try (Torch.NoGrad _ = Torch.noGrad()) {
        Tensor y = x.square().sum();
        assertThatThrownBy(y::backward).hasMessageContaining("grad");
      }
      x.square().sum().backward();
      assertThat(x.hasGradient()).isTrue();
    }
  }

  @Test
  void aScopeFreesAllButTheKept() {
    Tensor kept;
    try (Scope _ = Scope.open()) {
      kept = Scope.keep(Tensor.of(new float[] {5}, 1));
    }
    long before = Scope.live();
    for (int i = 0; i < 10; i++) {
      try (Scope _ = Scope.open()) {
        Tensor x = kept.times(3).plus(kept).requireGradient();
        x.square().sum().backward();
        x.gradient();
      }
    }
    // What earlier tests left to the garbage collector may be gone by now.
    assertThat(Scope.live()).isLessThanOrEqualTo(before);
    assertThat(kept.item()).isEqualTo(5);
    kept.close();
  }

  @Test
  void oneFusedUpdateMovesAgainstTheGradient() {
    try (Scope _ = Scope.open()) {
      Tensor p = Tensor.of(new float[] {1, -1}, 2).requireGradient();
      Tensor m = Tensor.zeros(2);
      Tensor v = Tensor.zeros(2);
      Tensor step = Tensor.ones(1).view();
      p.square().sum().backward();
      double norm = AdamWKernel.norm(List.of(p));
      assertThat(norm).isCloseTo(Math.sqrt(8), within(1e-5));
      AdamWKernel.update(
          List.of(p),
          List.of(m),
          List.of(v),
          List.of(step),
          new AdamWKernel.Settings(0.1, 0.9, 0.99, 0, 1e-8, AdamWKernel.clipping(norm, 1)));
      // A first moment of (1 - beta1) times the clipped gradient.
      assertThat(m.floats()[0]).isCloseTo((float) (0.1 * 2 / Math.sqrt(8)), within(1e-6f));
      assertThat(p.floats()[0]).isCloseTo(0.9f, within(1e-4f));
      assertThat(p.floats()[1]).isCloseTo(-0.9f, within(1e-4f));
    }
  }
}
