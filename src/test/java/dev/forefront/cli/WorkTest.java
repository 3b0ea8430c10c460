package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.ModelConfig;
import org.junit.jupiter.api.Test;

class WorkTest {

  /**
   * MFU that is off by two is the trade's classic (OLMo-core v2.5.0): here every matrix product of
   * a forward pass is counted one by one, a multiplication and an addition for each pair of
   * numbers.
   */
  @Test
  void aTokenCostsWhatItsMatrixProductsCost() {
    int hidden = 64;
    int intermediate = 160;
    int layers = 3;
    int headSize = 16;
    int heads = 4;
    int keyValueHeads = 2;
    int length = 128;
    int vocabulary = 1000;
    ModelConfig config =
        ModelConfig.llama(
            vocabulary, hidden, intermediate, layers, heads, keyValueHeads, length, 0);
    double projections =
        2.0 * hidden * (heads + 2 * keyValueHeads) * headSize + 2.0 * heads * headSize * hidden;
    double attention = 2 * 2.0 * heads * headSize * length;
    double feedForward = 3 * 2.0 * hidden * intermediate;
    double head = 2.0 * hidden * vocabulary;
    double forward = layers * (projections + attention + feedForward) + head;
    // Backward, each product has two of the same size. The norms count like matrices.
    double norms = 6.0 * (2 * layers + 1) * hidden;
    assertThat(new Work(config, length).perToken()).isEqualTo(3 * forward + norms);
  }

  @Test
  void aMachineThatDoesNothingElseIsUsedWholly() {
    ModelConfig config = ModelConfig.llama(1000, 64, 160, 3, 4, 2, 128, 0);
    Work work = new Work(config, 128);
    double peak = 100;
    double tokens = peak * 1e9 / work.perToken();
    assertThat(work.utilization(tokens, peak)).isCloseTo(1, within(1e-9));
    assertThat(work.utilization(tokens / 2, peak)).isCloseTo(0.5, within(1e-9));
  }
}
