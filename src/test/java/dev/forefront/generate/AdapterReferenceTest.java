package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.BadInputException;
import dev.forefront.model.Adapter;
import dev.forefront.model.DType;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.ReferenceModels;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.WeightNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every adapter under reference/lora, against what PEFT computes with it. */
class AdapterReferenceTest {
  @TempDir private Path folder;

  static List<Path> adapters() throws IOException {
    try (Stream<Path> all = Files.list(ReferenceModels.reference("lora"))) {
      List<Path> adapters =
          all.filter(one -> Files.exists(one.resolve("reference.safetensors"))).sorted().toList();
      assertThat(adapters).isNotEmpty();
      return adapters;
    }
  }

  private static JsonNode about(Path adapter) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(adapter.resolve("reference.json")));
  }

  private static Path base(Path adapter) throws IOException {
    return adapter.resolve(about(adapter).path("base").asString()).normalize();
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void computesWhatPeftComputes(Path adapter) throws IOException {
    try (ModelWeights files = ModelWeights.open(base(adapter))) {
      check(adapter, "base_logits", Passes.of(files));
      check(adapter, "adapter_logits", Passes.of(files.with(Adapter.open(adapter))));
      ModelFolder.write(folder.resolve("merged"), files, DType.F32);
    }
    try (ModelWeights merged = ModelWeights.open(folder.resolve("merged"));
        ModelWeights base = ModelWeights.open(base(adapter))) {
      check(adapter, "merged_logits", Passes.of(merged));
      List<String> changed =
          about(adapter).path("changed_by_merging").valueStream().map(JsonNode::asString).toList();
      for (List<WeightNames.Part> parts : merged.names().inOrder()) {
        for (WeightNames.Part part : parts) {
          boolean same = Arrays.equals(merged.floats(part), base.floats(part));
          assertThat(same).as(part.name()).isEqualTo(!changed.contains(part.name()));
        }
      }
    }
    try (SafeTensors reference = SafeTensors.open(adapter.resolve("reference.safetensors"));
        SafeTensors merged = SafeTensors.open(folder.resolve("merged"))) {
      for (SafeTensors.Entry entry : reference.entries().values()) {
        if (entry.name().startsWith("merged.")) {
          ModelReferenceTest.assertClose(
              merged.entry(entry.name().substring("merged.".length())).floats(), entry.floats());
        }
      }
    }
  }

  private static void check(Path adapter, String name, Weights weights) {
    int vocabulary = weights.config().vocabularySize();
    int cases = 0;
    try (SafeTensors reference = SafeTensors.open(adapter.resolve("reference.safetensors"))) {
      for (; reference.entries().containsKey("case." + cases + ".input_ids"); cases++) {
        SafeTensors.Entry ids = reference.entry("case." + cases + ".input_ids");
        SafeTensors.Entry expected = reference.entry("case." + cases + "." + name);
        float[] actual = new float[Math.toIntExact(expected.size())];
        int length = (int) ids.shape()[1];
        long[] values = ids.longs();
        for (int row = 0; row < ids.shape()[0]; row++) {
          long[] own = Arrays.copyOfRange(values, row * length, (row + 1) * length);
          float[] logits = Passes.logits(weights, own, length);
          System.arraycopy(logits, 0, actual, row * length * vocabulary, logits.length);
        }
        ModelReferenceTest.assertClose(actual, expected.floats());
      }
    }
    assertThat(cases).isPositive();
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void writesTheFilesThatPeftWrites(Path adapter) throws IOException {
    Adapter read = Adapter.open(adapter);
    read.write(folder);
    try (SafeTensors ours = SafeTensors.open(folder.resolve("adapter_model.safetensors"));
        SafeTensors theirs = SafeTensors.open(adapter.resolve("adapter_model.safetensors"))) {
      assertThat(ours.entries()).containsOnlyKeys(theirs.entries().keySet());
      for (SafeTensors.Entry entry : theirs.entries().values()) {
        assertThat(ours.entry(entry.name(), entry.shape()).floats())
            .containsExactly(entry.floats());
      }
    }
    assertThat(Adapter.open(folder).config()).isEqualTo(read.config());
    JsonNode theirs =
        JsonMapper.shared().readTree(Files.readAllBytes(adapter.resolve("adapter_config.json")));
    JsonNode ours =
        JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("adapter_config.json")));
    for (String key : ours.propertyNames()) {
      assertThat(ours.path(key).asString(ours.path(key).toString()).replace(".0", ""))
          .as(key)
          .isEqualTo(theirs.path(key).asString(theirs.path(key).toString()).replace(".0", ""));
    }
  }

  @Test
  void refusesABaseThatDoesNotFit() throws IOException {
    try (ModelWeights other = ModelWeights.open(ReferenceModels.reference("models/smollm2"))) {
      Adapter adapter = Adapter.open(ReferenceModels.reference("lora/basic"));
      assertThatThrownBy(() -> other.with(adapter))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("made for another model")
          .hasMessageContaining("proj.weight");
    }
  }

  @Test
  void refusesWhatItWouldApplyWrongly() throws IOException {
    assertRefused("\"use_dora\": false", "\"use_dora\": true", "use_dora");
    assertRefused(
        "\"modules_to_save\": null", "\"modules_to_save\": [\"lm_head\"]", "modules_to_save");
    assertRefused("\"bias\": \"none\"", "\"bias\": \"all\"", "bias");
    assertRefused("\"fan_in_fan_out\": false", "\"fan_in_fan_out\": true", "fan_in_fan_out");
    assertRefused("\"alpha_pattern\": {}", "\"alpha_pattern\": {\"q_proj\": 1}", "alpha_pattern");
    assertRefused("\"peft_type\": \"LORA\"", "\"peft_type\": \"IA3\"", "peft_type");
    assertRefused("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"", "pissa");
    assertRefused("\"velora_config\": null", "\"new_option\": 3", "new_option");
    assertRefused("\"target_parameters\": null", "\"target_modules\": \".*\"", "target_modules");
    assertRefused("\"r\": 4", "\"r\": 5", "shapes");
    assertRefused("\"r\": 4", "\"r\": 0", "r must be");
  }

  private void assertRefused(String from, String to, String reason) throws IOException {
    Path source = ReferenceModels.reference("lora/basic");
    String config = Files.readString(source.resolve("adapter_config.json"));
    assertThat(config).contains(from);
    Files.writeString(folder.resolve("adapter_config.json"), config.replace(from, to));
    Files.write(
        folder.resolve("adapter_model.safetensors"),
        Files.readAllBytes(source.resolve("adapter_model.safetensors")));
    assertThatThrownBy(() -> Adapter.open(folder))
        .as(to)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("adapter_");
  }
}
