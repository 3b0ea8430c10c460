package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LongRoPE as Phi-3's config.json asks for it, in the layouts of transformers 4 and 5. */
class LongRopeConfigTest {
  private static final String FACTORS = "\"short_factor\":[1,1.25,1.5],\"long_factor\":[1,4,32]";

  @TempDir private Path folder;

  private ModelConfig read(String more) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        "{\"model_type\":\"phi3\",\"architectures\":[\"Phi3ForCausalLM\"],\"vocab_size\":64,"
            + "\"hidden_size\":32,\"intermediate_size\":64,\"num_hidden_layers\":1,"
            + "\"num_attention_heads\":4,\"num_key_value_heads\":4,\"rms_norm_eps\":1e-5,"
            + "\"hidden_act\":\"silu\",\"eos_token_id\":2,"
            + more
            + "}");
    return ModelConfig.read(file);
  }

  @Test
  void turnsEachPairAsTheFormulaSays() throws IOException {
    ModelConfig config =
        read(
            "\"partial_rotary_factor\":0.75,\"max_position_embeddings\":131072,"
                + "\"original_max_position_embeddings\":4096,"
                + "\"rope_scaling\":{\"type\":\"longrope\","
                + FACTORS
                + "}");
    // Three pairs turn of a head of eight: 1 / (factor * 10000^(2 i / 6)).
    double[] expected = {
      1, 1 / (4 * Math.cbrt(10_000)), 1 / (32 * Math.cbrt(10_000) * Math.cbrt(10_000))
    };
    float[] frequencies = config.rope().frequencies(8);
    assertThat(frequencies).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat((double) frequencies[i]).isCloseTo(expected[i], within(1e-7 * expected[i]));
    }
    // What transformers computes for Phi-3-mini-128k: sqrt(1 + ln 32 / ln 4096) = sqrt(1 + 5/12).
    assertThat(config.rope().attentionFactor())
        .isCloseTo((float) Math.sqrt(17 / 12.0), within(1e-7f))
        .isCloseTo(1.1902381f, within(1e-6f));
  }

  @Test
  void aModelWithinItsOriginalContextTurnsByTheShortFactors() throws IOException {
    ModelConfig config =
        read(
            "\"max_position_embeddings\":4096,\"rope_parameters\":{\"rope_type\":\"longrope\","
                + "\"rope_theta\":10000.0,\"partial_rotary_factor\":0.75,"
                + "\"original_max_position_embeddings\":4096,\"factor\":32,"
                + FACTORS
                + "}");
    assertThat(1 / config.rope().frequencies(8)[1])
        .isCloseTo((float) (1.25 * Math.cbrt(10_000)), within(1e-4f));
    assertThat(config.rope().attentionFactor()).isCloseTo(1.1902381f, within(1e-6f));
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    for (String more : new String[] {"", "\"attention_factor\":1.5,"}) {
      ModelConfig config =
          read(
              "\"partial_rotary_factor\":0.75,\"max_position_embeddings\":8192,"
                  + "\"original_max_position_embeddings\":4096,\"rope_scaling\":{"
                  + more
                  + "\"type\":\"longrope\","
                  + FACTORS
                  + "}");
      config.write(folder.resolve("config.json"));
      assertThat(ModelConfig.read(folder.resolve("config.json"))).isEqualTo(config);
    }
  }

  @Test
  void refusesFactorsThatDoNotFit() {
    String context = "\"max_position_embeddings\":8192,\"original_max_position_embeddings\":4096,";
    for (String scaling :
        Arrays.asList(
            context + "\"rope_scaling\":{\"type\":\"longrope\"," + FACTORS + "}",
            context + "\"partial_rotary_factor\":0.2",
            context + "\"partial_rotary_factor\":1.5",
            context
                + "\"partial_rotary_factor\":0.75,\"rope_scaling\":{\"type\":\"longrope\","
                + FACTORS.replace("32", "-32")
                + "}",
            context
                + "\"partial_rotary_factor\":0.75,\"rope_scaling\":{\"type\":\"longrope\","
                + FACTORS.replace("[1,1.25,1.5]", "7")
                + "}",
            "\"max_position_embeddings\":8192,\"partial_rotary_factor\":0.75,"
                + "\"rope_scaling\":{\"type\":\"longrope\","
                + FACTORS
                + "}")) {
      assertThatThrownBy(() -> read(scaling))
          .as(scaling)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("config.json")
          .satisfiesAnyOf(
              e -> assertThat(e).hasMessageContaining("short_factor"),
              e -> assertThat(e).hasMessageContaining("long_factor"),
              e -> assertThat(e).hasMessageContaining("partial_rotary_factor"),
              e -> assertThat(e).hasMessageContaining("original_max_position_embeddings"));
    }
  }
}
