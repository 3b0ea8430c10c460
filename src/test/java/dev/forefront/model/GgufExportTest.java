package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GgufExportTest {
  @TempDir private Path folder;

  static List<Path> models() {
    return ReferenceModels.folders();
  }

  static List<Path> llamaCppFiles() {
    return ReferenceModels.ggufFiles().stream()
        .filter(file -> file.toString().matches(".*-(F32|F16|BF16|Q8_0|Q4_0)\\.gguf"))
        .toList();
  }

  private Path export(Path model, Encoding encoding) {
    Path file = folder.resolve("exported.gguf");
    try (ModelWeights weights = ModelWeights.open(model)) {
      GgufExport.write(file, weights, encoding, new GgufMetadata());
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("models")
  void readsBackWhatItWroteOrSaysWhatGgufCannotSay(Path model) {
    ModelConfig before = ModelFolder.config(model);
    // Gemma 3 has its windows in five of six layers there, not in two of three.
    boolean windowed =
        before.attending().isWindowed()
            && (before.architecture() == Architecture.MISTRAL
                || before.architecture() == Architecture.GEMMA3
                || before.architecture().windowing() == Windowing.UPPER);
    boolean gemma = before.architecture().has(Trait.SCALED_EMBEDDING);
    boolean ownBetas =
        before.rope().scaling() instanceof Rope.Yarn yarn
            && (yarn.betaFast() != 32 || !yarn.truncate());
    if (windowed || gemma || ownBetas) {
      assertThatThrownBy(() -> export(model, Encoding.F32))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining(
              windowed ? "sliding window" : gemma ? "query_pre_attn_scalar" : "beta_fast")
          .hasMessageContaining("export to safetensors");
      assertThat(folder.resolve("exported.gguf")).doesNotExist();
      return;
    }
    Path file = export(model, Encoding.F32);
    try (ModelWeights ours = ModelWeights.open(file);
        ModelWeights theirs = ModelWeights.open(model)) {
      assertThat(ours.config().parameters()).isEqualTo(before.parameters());
      assertThat(ours.config().attending()).isEqualTo(before.attending());
      for (int layer = 0; layer < before.layers(); layer++) {
        assertThat(ours.config().rope(layer).frequencies(before.headSize()))
            .usingComparatorWithPrecision(1e-6f)
            .containsExactly(before.rope(layer).frequencies(before.headSize()));
      }
      assertThat(ours.config().rope().attentionFactor())
          .isEqualTo(before.rope().attentionFactor(), within(1e-6f));
      for (List<WeightNames.Part> parts : theirs.names().inOrder()) {
        for (WeightNames.Part part : parts) {
          assertThat(ours.floats(part)).as(part.name()).containsExactly(theirs.floats(part));
        }
      }
    }
  }

  @Test
  void addsAndTakesAwayTheOneInGemmasNorms() throws IOException {
    for (String name : List.of("gemma2", "gemma3")) {
      Path model = Files.createDirectories(folder.resolve(name));
      Path own = ReferenceModels.own("models").resolve(name);
      Files.copy(own.resolve("model.safetensors"), model.resolve("model.safetensors"));
      String config = Files.readString(own.resolve("config.json"));
      // The scale and the layers that GGUF takes for granted.
      Files.writeString(
          model.resolve("config.json"),
          config
              .replace("\"query_pre_attn_scalar\": 24", "\"query_pre_attn_scalar\": 16")
              .replace("\"full_attention\"\n  ]", "\"sliding_attention\"\n  ]"));
      ModelConfig before = ModelFolder.config(model);
      if (name.equals("gemma2")) {
        Files.writeString(model.resolve("config.json"), config.replace(": 24", ": 16"));
      }
      Path file = export(model, Encoding.F32);
      try (Gguf gguf = Gguf.open(file);
          ModelWeights ours = ModelWeights.open(file);
          ModelWeights theirs = ModelWeights.open(model)) {
        assertThat(ours.config().attending()).isEqualTo(theirs.config().attending());
        assertThat(ours.config().logitCap()).isEqualTo(theirs.config().logitCap());
        assertThat(before.architecture()).isEqualTo(ours.config().architecture());
        float[] stored = Weight.of(gguf.tensor("output_norm.weight")).floats();
        float[] read = theirs.floats(theirs.names().norm());
        for (int i = 0; i < read.length; i++) {
          assertThat(stored[i]).isEqualTo(read[i] + 1);
          assertThat(ours.floats(ours.names().norm())[i]).isEqualTo(read[i], within(1e-7f));
        }
      }
      Files.delete(file);
    }
  }

  @ParameterizedTest
  @MethodSource("llamaCppFiles")
  void writesTheVeryBlocksThatLlamaCppWrites(Path file) {
    String name = file.getFileName().toString().replace(".gguf", "");
    Encoding encoding = Encoding.valueOf(name.substring(name.lastIndexOf('-') + 1));
    Path own = export(file.resolveSibling("hf"), encoding);
    try (Gguf ours = Gguf.open(own);
        Gguf theirs = Gguf.open(file)) {
      assertThat(ours.tensors()).containsOnlyKeys(theirs.tensors().keySet());
      for (Gguf.Tensor expected : theirs.tensors().values()) {
        Gguf.Tensor actual = ours.tensor(expected.name());
        assertThat(actual.encoding()).as(expected.name()).isEqualTo(expected.encoding());
        assertThat(actual.shape()).containsExactly(expected.shape());
        if (expected.name().equals("rope_freqs.weight")) {
          assertThat(Weight.of(actual).floats())
              .usingComparatorWithPrecision(1e-5f)
              .containsExactly(Weight.of(expected).floats());
        } else {
          assertThat(actual.data().toArray(ValueLayout.JAVA_BYTE))
              .as(expected.name())
              .isEqualTo(expected.data().toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  @Test
  void findsTheScalingOfLlama3BehindItsFactors() {
    Path file = ReferenceModels.reference("gguf/llama-bpe/llama-bpe-F16.gguf");
    try (ModelWeights weights = ModelWeights.open(file)) {
      ModelFolder.write(folder, weights, DType.F16);
    }
    assertThat(ModelFolder.config(folder).rope())
        .isEqualTo(ModelFolder.config(file.resolveSibling("hf")).rope());
    assertThatThrownBy(
            () ->
                LlamaFactors.recognize(
                    10_000, new Rope.Factors(java.util.Collections.nCopies(32, 3f)), 64))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("rope_freqs.weight");
  }

  @Test
  void refusesNumbersThatSixteenBitsCannotHold() {
    SafeTensors.Entry large = SafeTensors.of("w", new float[] {1e30f}, 1);
    Pending pending =
        new Pending("w", Encoding.F16, new long[] {1}, () -> Weight.of(large).floats());
    assertThatThrownBy(
            () ->
                SafeTensors.writePending(
                    folder.resolve("m.safetensors"), List.of(pending), java.util.Map.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tensor w");
    assertThat(folder.resolve("m.safetensors")).doesNotExist();
  }
}
