package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RowPairsTest {
  private static final Path MODELS = Path.of(System.getProperty("forefront.reference"), "models");

  @Test
  void rowsOfOneSequenceGoByTwos() {
    Weights weights = Passes.load(MODELS.resolve("llama-mha"));
    KeyValueCache a = new KeyValueCache(weights.config());
    KeyValueCache b = new KeyValueCache(weights.config());
    RowPairs pairs = new RowPairs(8);
    pairs.take(List.of(a, b, b, b, a, a));
    assertThat(IntStream.range(0, pairs.count()).map(pairs::first)).containsExactly(0, 1, 3, 4);
    assertThat(IntStream.range(0, pairs.count()).mapToObj(pairs::isOfTwo))
        .containsExactly(false, true, false, true);
    pairs.take(List.of());
    assertThat(pairs.count()).isZero();
  }

  @Test
  void aRowSeesAsFarAsItsWindowWhicheverRowIsBesideIt(@TempDir Path folder) throws IOException {
    Path model = MODELS.resolve("llama-mha");
    for (String file : List.of("model.safetensors", "config.json")) {
      Files.copy(model.resolve(file), folder.resolve(file));
    }
    ObjectNode config =
        (ObjectNode) JsonMapper.shared().readTree(folder.resolve("config.json").toFile());
    config.put("model_type", "mistral").put("sliding_window", 70);
    config.putArray("architectures").add("MistralForCausalLM");
    Files.writeString(folder.resolve("config.json"), config.toString());
    Weights weights = Passes.load(folder);
    assertThat(weights.config().attending().window(0)).isEqualTo(70);
    areAlike(weights);
  }

  /** Over several pages, with one head or several for each key. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-mha", "mistral", "smollm2", "qwen3"})
  void aRowGetsTheSameBitsWhicheverRowIsBesideIt(String model) {
    areAlike(Passes.load(MODELS.resolve(model)));
  }

  private static void areAlike(Weights weights) {
    long[] ids = new Random(3).longs(150, 0, weights.config().vocabularySize()).toArray();
    float[] alone = Passes.logits(weights, ids, 1);
    assertThat(Passes.logits(weights, ids, 2)).isEqualTo(alone);
    assertThat(Passes.logits(weights, ids, 5)).isEqualTo(alone);
    assertThat(Passes.logits(weights, ids, Forward.MOST_ROWS)).isEqualTo(alone);
  }
}
