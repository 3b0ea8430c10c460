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
    for (Path folder : ReferenceModels.folders()) {
      try (Stream<Path> all = Files.list(folder)) {
        all.filter(file -> file.getFileName().toString().matches("config-v\\d\\.json"))
            .forEach(others::add);
      }
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
  void keepsInWhichNumbersKeysAndValuesAreKept() throws IOException {
    ModelConfig config = ModelConfig.llama(2048, 192, 512, 4, 6, 2, 256, 2);
    assertThat(config.cache()).isEqualTo(CacheType.F32);
    Path file = folder.resolve("config.json");
    config.write(file);
    // Other programs, and older versions of this one, see no difference.
    assertThat(Files.readString(file)).doesNotContain("key_value_cache");
    for (CacheType type : CacheType.values()) {
      config.with(type).write(file);
      assertThat(ModelFolder.config(folder)).isEqualTo(config.with(type));
    }
    Files.writeString(file, Files.readString(file).replace("int8", "int4"));
    assertThatThrownBy(() -> ModelFolder.config(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining("key_value_cache \"int4\"")
        .hasMessageContaining("f32, f16, int8");
  }

  @Test
  void writesEveryReferenceModelSoThatItReadsItBack() {
    for (Path model : ReferenceModels.folders()) {
      ModelConfig config = ModelFolder.config(model);
      config.write(folder.resolve("config.json"));
      assertThat(ModelFolder.config(folder)).as(model.toString()).isEqualTo(config);
    }
  }

  @Test
  void refusesWhatItWouldComputeWrongly() throws IOException {
    assertRefused("\"model_type\":\"llama\"", "\"model_type\":\"gpt2\"", "gpt2");
    assertRefused("\"hidden_act\":\"silu\"", "\"hidden_act\":\"gelu\"", "gelu");
    assertRefused("\"mlp_bias\":false", "\"mlp_bias\":true", "mlp_bias");
    assertRefused("\"hidden_size\":192", "\"hidden_size\":\"wide\"", "hidden_size");
    assertRefused("\"rope_scaling\":null", scaling("longrope", ""), "original_max_position");
    assertRefused(
        "\"rope_scaling\":null",
        scaling(
            "longrope",
            ",\"short_factor\":[1],\"long_factor\":[1],\"original_max_position_embeddings\":64"),
        "phi3 alone");
    assertRefused("\"mlp_bias\":false", "\"partial_rotary_factor\":0.5", "phi3 alone");
    assertRefused("\"rope_scaling\":null", scaling("dynamic", ""), "dynamic");
    assertRefused("\"rope_scaling\":null", scaling("yarn", ""), "factor");
    assertRefused("\"rope_scaling\":null", scaling("linear", ",\"factor\":-1"), "factor");
    assertRefused("\"rope_scaling\":null", scaling("linear", ",\"factors\":[1]"), "factors");
    assertRefused("\"mlp_bias\":false", "\"alibi\":true", "alibi");
    assertRefused("\"mlp_bias\":false", "\"alibi\":true", "known are architectures");
    assertRefused("\"mlp_bias\":false", "\"attn_logit_softcapping\":50", "softcapping");
    assertRefused("\"mlp_bias\":false", "\"sliding_window\":16", "sliding_window");
    assertRefused("\"mlp_bias\":false", "\"attention_bias\":false", "attention_bias");
    assertRefused("\"num_hidden_layers\":4", "\"num_hidden_layers\":2000000000", "layers");
    assertRefused("\"head_dim\":32", "\"head_dim\":1000000000", "head_dim");
    assertRefused("LlamaForCausalLM", "BertModel", "BertModel");
  }

  private static String scaling(String type, String more) {
    return "\"rope_scaling\":{\"rope_type\":\"%s\"%s}".formatted(type, more);
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
