package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class BertReferenceTest {
  private final SmallEncoder small = new SmallEncoder();

  @Test
  void saysWhatPyTorchSays() {
    try (Scope _ = Scope.open();
        Bert bert = new Bert(small.shape(), small::weight)) {
      for (SmallEncoder.Case one : small.cases()) {
        float[] states = bert.encode(Tensor.of(new int[][] {one.ids()})).floats();
        assertThat(states).hasSameSizeAs(one.states());
        assertThat(states).containsExactly(one.states(), Offset.offset(2e-5f));
      }
    }
  }

  @Test
  void readsTextsOfOneLengthTogether() {
    try (Scope _ = Scope.open();
        Bert bert = new Bert(small.shape(), small::weight)) {
      int[] text = small.cases().getLast().ids();
      int[] other = text.clone();
      other[3] = 17;
      float[] both = bert.encode(Tensor.of(new int[][] {other, text})).floats();
      float[] alone = bert.encode(Tensor.of(new int[][] {text})).floats();
      float[] second = java.util.Arrays.copyOfRange(both, alone.length, both.length);
      assertThat(second).containsExactly(alone, Offset.offset(2e-6f));
    }
  }

  @Test
  void everyWeightButTheTablesHasAGradient() {
    try (Scope _ = Scope.open();
        Bert bert = new Bert(small.shape(), small::weight)) {
      bert.encode(Tensor.of(new int[][] {{1, 7, 2}})).square().sum().backward();
      assertThat(bert.parameters()).allMatch(one -> one.tensor().hasGradient());
      assertThat(bert.parameters()).noneMatch(one -> one.name().contains("_embeddings"));
    }
  }
}
