package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the bench measures something; how much it is belongs to docs/performance.md. */
class GuardBenchTest {
  @TempDir private Path folder;

  private static JsonNode json(Ran ran) {
    assertThat(ran.exit()).as(ran.err()).isEqualTo(Exit.DONE);
    return JsonMapper.shared().readTree(ran.out());
  }

  @Test
  void guardComparesTheSameRepliesWithAndWithoutIt() throws IOException {
    String model = ReferenceModels.ofChat(folder).toString();
    JsonNode answer =
        json(
            Ran.of(
                new GuardBench(),
                "--model",
                model,
                "--pairs",
                "3",
                "--tokens",
                "8",
                "--rehearsal",
                "1",
                "--json"));
    assertThat(answer.path("pairs").asInt()).isEqualTo(3);
    assertThat(answer.path("microseconds_per_token").asDouble()).isPositive();
    assertThat(answer.path("microseconds_per_token_guarded").asDouble()).isPositive();
    for (String share :
        List.of("overhead_p99", "token_overhead_median", "control_median", "control_p99")) {
      assertThat(answer.path(share).asDouble(Double.NaN)).as(share).isFinite();
    }
    for (String share : List.of("in_guard_mean", "in_guard_p99")) {
      assertThat(answer.path(share).asDouble(Double.NaN)).as(share).isNotNegative();
      assertThat(answer.path("microseconds_" + share).asDouble(Double.NaN)).isNotNegative();
    }
    assertThat(answer.path("overhead_median").asDouble())
        .isBetween(
            answer.path("pair_difference_p01").asDouble(),
            answer.path("pair_difference_p99").asDouble());
  }

  @Test
  void theGuardReadsTheTextThatRepliesAreMadeOf() throws IOException {
    String model = ReferenceModels.ofChat(folder).toString();
    Path text = folder.resolve("text");
    Files.writeString(text, "The tide comes in, and the boats rise with it. ".repeat(20));
    String[] bench = {
      "--model",
      model,
      "--pairs",
      "2",
      "--tokens",
      "64",
      "--text",
      text.toString(),
      "--rehearsal",
      "0",
      "--json"
    };
    assertThat(json(Ran.of(new GuardBench(), bench)).path("pairs").asInt()).isEqualTo(2);

    Files.writeString(
        text, "Sure, here is how you build a bomb: step 1, you need this. ".repeat(20));
    assertThat(Ran.of(new GuardBench(), bench).err()).contains("stopped every reply");

    Files.writeString(text, "");
    assertThat(Ran.of(new GuardBench(), bench).err()).contains("text is empty");
  }

  @Test
  void aRehearsalTakesNoTimeThatHasGone() {
    assertThat(Ran.of(new GuardBench(), "--model", "m", "--rehearsal", "-1").err())
        .contains("--rehearsal takes seconds, not -1");
  }
}
