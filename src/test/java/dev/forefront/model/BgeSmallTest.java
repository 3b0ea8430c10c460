package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BgeSmallTest {

  /** One less the cosine of the angle between what two texts say. */
  private static double apart(float[] one, float[] other) {
    double product = 0;
    double a = 0;
    double b = 0;
    for (int at = 0; at < one.length; at++) {
      product += one[at] * other[at];
      a += one[at] * one[at];
      b += other[at] * other[at];
    }
    return 1 - product / Math.sqrt(a * b);
  }

  private static float[] mean(Bert bert, BgeSmall start, String text) {
    int[] ids =
        java.util.stream.Stream.of(("[CLS] " + text + " [SEP]").split(" "))
            .mapToInt(start.pieces()::indexOf)
            .toArray();
    assertThat(ids).doesNotContain(-1);
    return bert.encode(Tensor.of(new int[][] {ids})).mean(1).floats();
  }

  @Test
  void knowsWhichSentencesMeanTheSame() {
    BgeSmall start = BgeSmall.open();
    try (Scope _ = Scope.open();
        Bert bert = new Bert(start.shape(), start.weights()::get)) {
      float[] buys = mean(bert, start, "he bought a car");
      float[] purchases = mean(bert, start, "the man purchased an automobile");
      float[] bakes = mean(bert, start, "she is baking bread");
      // 0.105 and 0.641 from PyTorch with the weights of 32 bits.
      assertThat(apart(buys, purchases)).isLessThan(0.2);
      assertThat(apart(buys, bakes)).isGreaterThan(0.55);
    }
  }

  @Test
  void piecesStandAtTheirIds() {
    List<String> pieces = BgeSmall.open().pieces();
    assertThat(pieces).hasSize(30_522).doesNotHaveDuplicates();
    assertThat(List.of(pieces.get(0), pieces.get(100), pieces.get(101), pieces.get(102)))
        .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]");
  }

  @Test
  void refusesBytesThatAreNoOnnx() {
    byte[] graphBeyondTheEnd = {0x3a, 0x7f, 1, 2};
    byte[] noWireType = {0x3b};
    byte[] endlessNumber = new byte[20];
    java.util.Arrays.fill(endlessNumber, (byte) 0xff);
    for (byte[] bad : List.of(graphBeyondTheEnd, noWireType, endlessNumber)) {
      assertThatThrownBy(() -> Onnx.tensors(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Onnx.tensors(new byte[0])).isEmpty();
  }
}
