package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quantised matrices in safetensors. */
class PackedTest {
  private static final Path MODEL = ReferenceModels.folders().getFirst();

  @TempDir private Path folder;

  @Test
  void everyMatrixIsPackedAndReadBack() {
    try (ModelWeights whole = ModelWeights.open(MODEL)) {
      ModelFolder.write(folder, whole, Encoding.Q8_0);
      try (ModelWeights packed = ModelWeights.open(folder)) {
        assertThat(packed.config()).isEqualTo(whole.config());
        assertThat(packed.stored()).containsKey(Encoding.Q8_0);
        for (List<WeightNames.Part> parts : whole.names().inOrder()) {
          for (WeightNames.Part part : parts) {
            float[] before = whole.floats(part);
            float[] after = packed.floats(part);
            assertThat(after).hasSameSizeAs(before);
            float most = 0;
            for (float value : before) {
              most = Math.max(most, Math.abs(value));
            }
            for (int i = 0; i < before.length; i++) {
              // Half a step of 127 in either direction, and the scale's own rounding.
              assertThat(Math.abs(after[i] - before[i])).isLessThanOrEqualTo(most / 200);
            }
          }
        }
      }
    }
  }

  @Test
  void refusesWhatIsNoRowOfBlocks() throws IOException {
    try (ModelWeights whole = ModelWeights.open(MODEL)) {
      ModelFolder.write(folder, whole, Encoding.Q8_0);
    }
    assertRefused(entry -> entry.name().replace(":Q8_0", ":Q9"), "Q9");
    assertRefused(entry -> entry.name().replace(":Q8_0", ":F16"), "F16");
    assertRefused(entry -> entry.name().replace(":Q8_0", ":Q6_K"), "Q6_K");
    assertRefused(entry -> entry.name().replace(":Q8_0", ""), "U8");
    assertRefused(
        entry -> entry.type() == DType.F32 ? entry.name() + ":Q8_0" : entry.name(), "Q8_0");
    assertRefused(entry -> "x" + entry.name(), "does not have");
  }

  private void assertRefused(Function<SafeTensors.Entry, String> rename, String reason)
      throws IOException {
    Path broken = Files.createTempDirectory(folder, "broken");
    Files.copy(folder.resolve("config.json"), broken.resolve("config.json"));
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      List<SafeTensors.Entry> renamed = new ArrayList<>();
      for (SafeTensors.Entry entry : tensors.entries().values()) {
        renamed.add(
            new SafeTensors.Entry(rename.apply(entry), entry.type(), entry.shape(), entry.data()));
      }
      SafeTensors.write(broken.resolve("model.safetensors"), renamed, Map.of());
    }
    assertThatThrownBy(
            () -> {
              try (ModelWeights weights = ModelWeights.open(broken)) {
                weights.stored();
              }
            })
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesAWeightInTwoEncodings() throws IOException {
    try (ModelWeights whole = ModelWeights.open(MODEL)) {
      ModelFolder.write(folder, whole, Encoding.Q8_0);
    }
    Path broken = Files.createTempDirectory(folder, "broken");
    Files.copy(folder.resolve("config.json"), broken.resolve("config.json"));
    UnaryOperator<String> plain = name -> name.replace(":Q8_0", "");
    try (SafeTensors tensors = SafeTensors.open(folder)) {
      List<SafeTensors.Entry> twice = new ArrayList<>(tensors.entries().values());
      SafeTensors.Entry packed =
          twice.stream().filter(entry -> entry.name().contains(":")).findFirst().orElseThrow();
      twice.add(SafeTensors.of(plain.apply(packed.name()), new float[] {1}, 1));
      SafeTensors.write(broken.resolve("model.safetensors"), twice, Map.of());
    }
    assertThatThrownBy(() -> ModelWeights.open(broken).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("twice");
  }
}
