package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the bench measures something, and what holds on every machine. */
class TrainBenchTest {
  /** Bytes that twelve narrow blocks keep of 2,048 tokens, and that one of them keeps. */
  private static final long ALL_BLOCKS = 12L * 1920 * 2048 * 4;

  @TempDir Path folder;

  @Test
  void blocksThatAreComputedAgainNeedTheMemoryOfOne() throws Exception {
    JsonNode kept = bench();
    JsonNode again = bench("--recompute");
    assertThat(kept.path("tokens_per_second").asDouble()).isPositive();
    assertThat(kept.path("first_step_seconds").asDouble()).isPositive();
    assertThat(again.path("recompute").asBoolean()).isTrue();
    assertThat(kept.path("peak_rss_bytes").asLong() - again.path("peak_rss_bytes").asLong())
        .as("bytes saved at the peak")
        .isGreaterThan(ALL_BLOCKS / 2);
  }

  /** In a process of its own: a peak never falls again. */
  private JsonNode bench(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("bench", "train", "--json", "--steps", "1", "--dim", "64", "--layers", "12"));
    arguments.addAll(List.of("--batch", "8", "--vocab", "320", "--threads", "1"));
    arguments.addAll(List.of(more));
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("printed"), Main.class.getName(), arguments.toArray(String[]::new))) {
      assertThat(child.exitCode()).as(child::printed).isZero();
      String json = child.printed().substring(child.printed().indexOf("{\""));
      return JsonMapper.shared().readTree(json);
    }
  }
}
