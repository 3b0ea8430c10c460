package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every file under reference/gguf, against what other programs read in it. */
class GgufReferenceTest {

  private static String type(Path file) {
    String name = file.getFileName().toString().replace(".gguf", "");
    return name.substring(name.lastIndexOf('-') + 1);
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void readsEveryTensorAsTheReferenceDoes(Path file) throws IOException {
    JsonNode tensors =
        JsonMapper.shared()
            .readTree(Files.readAllBytes(file.resolveSibling("tensors-" + type(file) + ".json")));
    try (Gguf gguf = Gguf.open(file)) {
      assertThat(gguf.tensors()).hasSize(tensors.size());
      for (JsonNode expected : tensors) {
        Gguf.Tensor tensor = gguf.tensor(expected.path("name").asString());
        assertThat(tensor.encoding().name()).isEqualTo(expected.path("type").asString());
        assertThat(tensor.shape())
            .containsExactly(
                expected.path("shape").valueStream().mapToLong(JsonNode::asLong).toArray());
        float[] values = Weight.of(tensor).floats();
        double sum = 0;
        double absolute = 0;
        for (float value : values) {
          sum += value;
          absolute += Math.abs(value);
        }
        double about = expected.path("abs_sum").asDouble();
        assertThat(absolute).as(tensor.name()).isCloseTo(about, within(1e-5 * about));
        assertThat(sum)
            .as(tensor.name())
            .isCloseTo(expected.path("sum").asDouble(), within(1e-5 * about));
        assertSame(values, 0, expected.path("first"));
        JsonNode last = expected.path("last");
        assertSame(values, values.length - last.size(), last);
      }
    }
  }

  private static void assertSame(float[] values, int from, JsonNode expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(values[from + i]).isEqualTo((float) expected.get(i).asDouble(), within(1e-7f));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void widensBlocksAsTheReferenceDoes(Path file) {
    Path dequantized = file.resolveSibling("dequantized-" + type(file) + ".safetensors");
    if (!Files.exists(dequantized)) {
      assertThat(type(file)).matches("B?F\\d+");
      return;
    }
    try (Gguf gguf = Gguf.open(file);
        SafeTensors expected = SafeTensors.open(dequantized)) {
      for (SafeTensors.Entry entry : expected.entries().values()) {
        Gguf.Tensor tensor = gguf.tensor(entry.name());
        float[] values = Weight.of(tensor).floats();
        float[] wanted = entry.floats();
        assertThat(values).hasSameSizeAs(wanted);
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).isCloseTo(wanted[i], within(Math.ulp(wanted[i]) * 2));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void computesTheReferencesLogitsOnTheTrainableModel(Path file) {
    try (Transformer model = Transformer.load(file);
        SafeTensors reference = SafeTensors.open(file.resolveSibling("logits.safetensors"))) {
      for (int i = 0; reference.entries().containsKey("prompt." + i); i++) {
        int[] ids =
            java.util.Arrays.stream(reference.entry("prompt." + i).longs())
                .mapToInt(Math::toIntExact)
                .toArray();
        try (Scope _ = Scope.open();
            Torch.NoGrad _ = Torch.noGrad()) {
          TransformerReferenceTest.assertClose(
              model.logits(model.hidden(TokenInput.of(new int[][] {ids}))),
              reference.entry(type(file) + ".logits." + i));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#ggufFiles")
  void holdsTheWeightsOfTheCheckpointItWasMadeFrom(Path file) {
    if (!type(file).equals("F32") && !type(file).equals("F16")) {
      return;
    }
    Path folder = file.resolveSibling("hf");
    try (ModelWeights ours = ModelWeights.open(file);
        ModelWeights theirs = ModelWeights.open(folder)) {
      assertThat(ours.names().inOrder()).hasSameSizeAs(theirs.names().inOrder());
      for (List<WeightNames.Part> parts : ours.names().inOrder()) {
        for (WeightNames.Part part : parts) {
          assertThat(ours.floats(part)).as(part.name()).containsExactly(theirs.floats(part));
        }
      }
      int size = ours.config().headSize();
      assertThat(ours.config().rope().frequencies(size))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(theirs.config().rope().frequencies(size));
    }
  }
}
