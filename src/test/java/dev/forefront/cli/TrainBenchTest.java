package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the bench measures something, and what holds on every machine. */
class TrainBenchTest {
  private static final int LAYERS = 20;

  /** Bytes that narrow blocks would keep of 2,048 tokens, were attention not to compute again. */
  private static final long ALL_BLOCKS = LAYERS * 1920L * 2048 * 4;

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
        // Six tenths are saved.
        .isGreaterThan(ALL_BLOCKS / 3);
  }

  /** In a process of its own: a peak never falls again. */
  private JsonNode bench(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("bench", "train", "--json", "--steps", "1", "--dim", "64"));
    arguments.addAll(List.of("--layers", String.valueOf(LAYERS)));
    arguments.addAll(List.of("--batch", "8", "--vocab", "320", "--threads", "1"));
    arguments.addAll(List.of(more));
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("printed"),
            List.of(),
            // A heap of one size, all of it touched: it is the same part of every peak.
            Map.of("JDK_JAVA_OPTIONS", "-Xms256m -Xmx256m -XX:+AlwaysPreTouch"),
            Main.class.getName(),
            arguments.toArray(String[]::new))) {
      assertThat(child.exitCode()).as(child::printed).isZero();
      String json = child.printed().substring(child.printed().indexOf("{\""));
      return JsonMapper.shared().readTree(json);
    }
  }
}
