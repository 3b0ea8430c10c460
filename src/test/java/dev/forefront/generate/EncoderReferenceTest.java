package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.model.BertShape;
import dev.forefront.model.SmallEncoder;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class EncoderReferenceTest {
  private final SmallEncoder small = new SmallEncoder();
  private final Encoder encoder = encoder();

  private Encoder encoder() {
    BertShape shape = small.shape();
    float[] words = small.weight("embeddings.word_embeddings.weight");
    return new Encoder(
        new Encoder.Shape(
            shape.positions(), shape.width(), shape.heads(), shape.inner(), shape.layers()),
        (id, to, at) -> System.arraycopy(words, id * shape.width(), to, at, shape.width()),
        small::weight);
  }

  @Test
  void saysWhatPyTorchSays() {
    for (SmallEncoder.Case one : small.cases()) {
      assertThat(encoder.mean(one.ids())).containsExactly(one.mean(), Offset.offset(2e-5f));
    }
  }

  @Test
  void vectorsSayTheSameToTheLastBit() {
    int depth = small.shape().layers();
    for (SmallEncoder.Case one : small.cases()) {
      assertThat(encoder.mean(one.ids(), Kernels.VECTORS, depth))
          .containsExactly(encoder.mean(one.ids(), Kernels.PLAIN, depth));
    }
  }

  @Test
  void saysTheSameAfterItsRehearsal() {
    int[] text = small.cases().getLast().ids();
    float[] before = encoder.mean(text);
    encoder.rehearse();
    assertThat(encoder.mean(text)).containsExactly(before);
  }

  @Test
  void refusesTextsThatItHasNoPlacesFor() {
    assertThatThrownBy(() -> encoder.mean(new int[11])).hasMessageContaining("1 to 10 tokens");
    assertThatThrownBy(() -> encoder.mean(new int[0])).hasMessageContaining("not 0");
  }
}
