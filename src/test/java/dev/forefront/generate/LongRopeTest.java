package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.Architecture;
import dev.forefront.model.Attending;
import dev.forefront.model.CacheType;
import dev.forefront.model.Head;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Rope;
import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Phi-3's heads that turn in part, each pair at a speed of its own, on both backends. */
class LongRopeTest {
  private static final int[] IDS = IntStream.range(0, 40).map(i -> (7 * i + 3) % 64).toArray();

  @TempDir private Path folder;

  @Test
  void bothBackendsTurnAHeadAlike() {
    for (Rope rope :
        List.of(
            new Rope(10_000, new Rope.Unscaled()),
            new Rope(10_000, new Rope.Unscaled(), 0.75),
            longRope(64),
            longRope(16))) {
      ModelConfig config = phi(rope);
      Path model = folder.resolve("of-" + Integer.toHexString(rope.hashCode()));
      float[] expected;
      try (Transformer transformer = Transformer.initialize(config, 5);
          Scope _ = Scope.open();
          Torch.NoGrad _ = Torch.noGrad()) {
        transformer.write(model);
        expected =
            transformer.logits(transformer.hidden(TokenInput.of(new int[][] {IDS}))).floats();
      }
      Weights weights = Passes.load(model);
      assertThat(weights.config()).isEqualTo(config);
      long[] ids = IntStream.of(IDS).asLongStream().toArray();
      float[] logits = Passes.logits(weights, ids, 7);
      assertThat(logits).hasSameSizeAs(expected);
      for (int i = 0; i < logits.length; i++) {
        assertThat(logits[i]).isCloseTo(expected[i], within(2e-5f));
      }
    }
  }

  @Test
  void theScalingChangesWhatTheModelSays() {
    float[] last = null;
    for (Rope rope :
        List.of(new Rope(10_000, new Rope.Unscaled(), 0.75), longRope(64), longRope(16))) {
      Path model = folder.resolve("of-" + Integer.toHexString(rope.hashCode()));
      try (Transformer transformer = Transformer.initialize(phi(rope), 5)) {
        transformer.write(model);
      }
      long[] ids = IntStream.of(IDS).asLongStream().toArray();
      float[] logits = Passes.logits(Passes.load(model), ids, 7);
      if (last != null) {
        assertThat(logits).isNotEqualTo(last);
      }
      last = logits;
    }
  }

  /** Six pairs of a head of sixteen; read by the long set where the original context is short. */
  private static Rope longRope(int original) {
    return new Rope(
        10_000,
        new Rope.LongRope(
            List.of(1f, 1f, 1.1f, 1.25f, 1.5f, 2f),
            List.of(1f, 1.5f, 2f, 4f, 8f, 16f),
            original,
            48,
            1.19),
        0.75);
  }

  private static ModelConfig phi(Rope rope) {
    return new ModelConfig(
        Architecture.PHI3,
        64,
        64,
        96,
        2,
        4,
        2,
        16,
        48,
        1e-5f,
        rope,
        new Attending(16, 0, 0, List.of(false, false), null),
        0,
        Head.OWN,
        -1,
        2,
        CacheType.F32);
  }
}
