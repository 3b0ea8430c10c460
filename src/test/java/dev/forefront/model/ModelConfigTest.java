package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConfigTest {
  @TempDir private Path folder;

  @Test
  void readsBothLayoutsOfEveryReferenceModelAlike() throws IOException {
    List<Path> others = new ArrayList<>();
    try (Stream<Path> all =
        Files.walk(Path.of(System.getProperty("forefront.reference"), "models"))) {
      all.filter(file -> file.getFileName().toString().matches("config-v\\d\\.json"))
          .forEach(others::add);
    }
    assertThat(others).isNotEmpty();
    for (Path other : others) {
      assertThat(ModelConfig.read(other))
          .isEqualTo(ModelConfig.read(other.resolveSibling("config.json")));
    }
  }

  @Test
  void readsBackWhatItWrote() {
    ModelConfig config = ModelConfig.llama(2048, 192, 512, 4, 6, 2, 256, 2);
    config.write(folder.resolve("config.json"));
    assertThat(ModelFolder.config(folder)).isEqualTo(config);
  }

  @Test
  void refusesWhatItWouldComputeWrongly() throws IOException {
    assertRefused("\"model_type\":\"llama\"", "\"model_type\":\"gpt2\"", "gpt2");
    assertRefused("\"hidden_act\":\"silu\"", "\"hidden_act\":\"gelu\"", "gelu");
    assertRefused("\"mlp_bias\":false", "\"mlp_bias\":true", "mlp_bias");
    assertRefused("\"hidden_size\":192", "\"hidden_size\":\"wide\"", "hidden_size");
    assertRefused("\"rope_scaling\":null", "\"rope_scaling\":{\"rope_type\":\"yarn\"}", "yarn");
    assertRefused("LlamaForCausalLM", "BertModel", "BertModel");
  }

  private void assertRefused(String from, String to, String reason) throws IOException {
    Path file = folder.resolve("config.json");
    ModelConfig.llama(2048, 192, 512, 4, 6, 2, 256, 2).write(file);
    String text = Files.readString(file).replaceAll("\\s*\n\\s*", "").replace("\" : ", "\":");
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("config.json");
  }
}
