package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the bench measures something; how much it is belongs to docs/performance.md. */
final class DecodeBenchTest {
  @TempDir private Path folder;

  private Ran bench(String prompt, String gen) throws IOException {
    return Ran.of(
        new DecodeBench(),
        "--model",
        ReferenceModels.ofChat(folder).toString(),
        "--prompt",
        prompt,
        "--gen",
        gen,
        "--streams",
        "3",
        "--repeats",
        "2",
        "--warm-up",
        "0",
        "--json");
  }

  @Test
  void timesReadingAndWriting() throws IOException {
    Ran ran = bench("9", "5");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    JsonNode answer = JsonMapper.shared().readTree(ran.out());
    assertThat(answer.path("prefill_tokens_per_second").asDouble()).isPositive();
    assertThat(answer.path("decode_tokens_per_second").asDouble()).isPositive();
    assertThat(answer.path("streams").asInt()).isEqualTo(3);
    assertThat(answer.path("repeats").asInt()).isEqualTo(2);
  }

  @Test
  void refusesMoreTokensThanTheContextHas() throws IOException {
    Ran ran = bench("100000", "5");
    assertThat(ran.exit()).isNotEqualTo(Exit.DONE);
    assertThat(ran.err()).contains("below the model's context of");
  }
}
