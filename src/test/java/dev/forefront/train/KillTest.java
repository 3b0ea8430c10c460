package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A training that is killed, however often and whenever, ends with the unbroken run's bytes. */
class KillTest {
  private static final int KILLED = 128 + 9;

  @TempDir Path folder;

  @Test
  void resumesBitExactlyAfterKills() throws Exception {
    killAndResume(2, new SplittableRandom().nextLong());
  }

  @Test
  @Tag("slow")
  void resumesBitExactlyAfterManyKills() throws Exception {
    killAndResume(200, new SplittableRandom().nextLong());
  }

  private void killAndResume(int kills, long seed) throws Exception {
    Path unbroken = TinyRun.run(folder.resolve("unbroken"));
    Path broken = folder.resolve("broken");
    SplittableRandom random = new SplittableRandom(seed);
    for (int kill = 1; kill <= kills; kill++) {
      // Somewhere behind the last kill, and early enough that the run is still going.
      int updates = (TinyRun.STEPS - 10) * kill / kills;
      killAfter(broken, updates, random.nextInt(30));
    }
    try (ChildJvm last = start(broken)) {
      assertThat(last.exitCode()).as(last::printed).isZero();
    }
    assertThat(Sha256.hex(broken.resolve("model/model.safetensors")))
        .as("kills at random moments of seed %d", seed)
        .isEqualTo(Sha256.hex(unbroken.resolve("model.safetensors")));
    assertThat(steps(broken)).isEqualTo(IntStream.range(0, TinyRun.STEPS).boxed().toList());
    assertThat(entries(broken.resolve("checkpoints"))).noneMatch(name -> name.endsWith(".tmp"));
  }

  /** Waits until so many updates are recorded, then a little, then kills. */
  private void killAfter(Path run, int updates, int milliseconds) throws Exception {
    try (ChildJvm child = start(run)) {
      while (child.isAlive() && recorded(run) < updates) {
        Thread.sleep(1);
      }
      Thread.sleep(milliseconds);
      child.kill();
      assertThat(child.exitCode()).as(child::printed).isEqualTo(KILLED);
    }
  }

  private ChildJvm start(Path run) {
    return ChildJvm.start(folder.resolve("child.log"), TinyRun.class.getName(), run.toString());
  }

  private static long recorded(Path run) throws IOException {
    Path metrics = run.resolve("metrics.jsonl");
    if (!Files.exists(metrics)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(metrics)) {
      return lines.count();
    }
  }

  private static List<Integer> steps(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> JsonMapper.shared().readTree(line).path("step").asInt())
        .toList();
  }

  private static List<String> entries(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }
}
