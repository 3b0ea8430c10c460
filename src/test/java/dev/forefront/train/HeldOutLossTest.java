package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldOutLossTest {
  private static final int[] TEXT = {0, 5, 9, 13, 61, 2, 7, 7, 0};

  @Test
  void everyTokenIsPredictedOnceWhateverTheWindow() {
    try (Transformer model = TinyRun.model()) {
      for (int length : new int[] {2, 3, 5, 9, 32}) {
        assertThat(HeldOutLoss.of(List.of(TEXT, TEXT), 10, length, 3).of(model).tokens())
            .as("windows of %d", length)
            .isEqualTo(16);
      }
    }
  }

  @Test
  void bitsPerByteAreTheTextsOwn() {
    try (Transformer model = TinyRun.model()) {
      HeldOutLoss.Value value = HeldOutLoss.of(List.of(TEXT), 20, 32, 4).of(model);
      double nats = nats(model);
      assertThat(value.loss()).isCloseTo(nats / 8, within(1e-5));
      assertThat(value.bitsPerByte()).isCloseTo(nats / Math.log(2) / 20, within(1e-5));
    }
  }

  private static double nats(Transformer model) {
    try (Scope _ = Scope.open()) {
      Tensor hidden = model.hidden(TokenInput.of(new int[][] {TEXT}));
      float[] log = model.logits(hidden).logSoftmax(2).floats();
      double sum = 0;
      for (int i = 0; i + 1 < TEXT.length; i++) {
        sum -= log[i * model.config().vocabularySize() + TEXT[i + 1]];
      }
      return sum;
    }
  }

  @Test
  void theSameDiceWriteTheSame() {
    try (Transformer model = TinyRun.model()) {
      Continuation writer = new Continuation(1, 63);
      int[] once = writer.of(model, new int[] {1, 2}, 40, 4);
      assertThat(writer.of(model, new int[] {1, 2}, 40, 4)).containsExactly(once);
      assertThat(writer.of(model, new int[] {1, 2}, 40, 5)).isNotEqualTo(once);
      assertThat(Arrays.stream(once).boxed()).isNotEmpty().doesNotContain(63);
    }
  }
}
