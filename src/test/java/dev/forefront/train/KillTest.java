package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A training that is killed, however often and whenever, ends with the unbroken run's bytes.
 *
 * <p>The long test takes the number of kills from {@code -Dforefront.kills}.
 */
class KillTest {
  private static final int KILLED = 128 + 9;

  /** Updates between two checkpoints. */
  private static final int INTERVAL = 3;

  /** Kibibytes: room for the weights, none for the moments, which are twice that. */
  private static final int FULL = 120;

  /** How a run is ended. */
  private enum Moment {
    /** Some time after an update was recorded: between two, or in one. */
    MID_STEP,
    /** While a checkpoint is being written. */
    MID_WRITE,
    /** While the checkpoint before is read, or in the first updates after it. */
    DURING_RESUME,
    /** By itself, since a checkpoint finds no room. */
    FULL_DISK
  }

  @TempDir Path folder;
  private final List<Integer> lost = new ArrayList<>();

  @Test
  void resumesBitExactlyAfterKillsWhileItWritesAndWhileItResumes() throws Exception {
    killAndResume(List.of(Moment.MID_WRITE, Moment.DURING_RESUME), 60, random());
  }

  @Test
  @Tag("slow")
  void resumesBitExactlyAfterManyKills() throws Exception {
    SplittableRandom random = random();
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < Integer.getInteger("forefront.kills", 200); i++) {
      moments.add(Moment.values()[random.nextInt(Moment.values().length)]);
    }
    killAndResume(moments, 10 * moments.size(), random);
  }

  private static SplittableRandom random() {
    long seed = Long.getLong("forefront.seed", new SplittableRandom().nextLong());
    System.err.printf("kills at random moments of -Dforefront.seed=%d%n", seed);
    return new SplittableRandom(seed);
  }

  private void killAndResume(List<Moment> moments, int steps, SplittableRandom random)
      throws Exception {
    Path unbroken = TinyRun.run(folder.resolve("unbroken"), steps);
    Path broken = folder.resolve("broken");
    Map<Moment, Integer> counts = new EnumMap<>(Moment.class);
    for (int kill = 0; kill < moments.size(); kill++) {
      // Somewhere behind the last kill, and early enough that the run is still going.
      int updates = steps * (kill + 1) / (moments.size() + 2);
      end(broken, moments.get(kill), updates, steps, random);
      counts.merge(moments.get(kill), 1, Integer::sum);
      System.err.printf(
          "%d of %d: %s, %d updates recorded, %d of them lost%n",
          kill + 1, moments.size(), moments.get(kill), recorded(broken), lost.getLast());
    }
    try (ChildJvm last = start(broken, steps)) {
      assertThat(last.exitCode()).as(last::printed).isZero();
    }
    assertThat(Sha256.hex(broken.resolve("model/model.safetensors")))
        .isEqualTo(Sha256.hex(unbroken.resolve("model.safetensors")));
    assertThat(steps(broken)).isEqualTo(IntStream.range(0, steps).boxed().toList());
    assertThat(entries(broken.resolve("checkpoints"))).noneMatch(name -> name.endsWith(".tmp"));
    System.err.printf(
        "the same bytes after %s; at most %d updates lost to one of them%n",
        counts, lost.stream().mapToInt(Integer::intValue).max().orElse(0));
  }

  private void end(Path run, Moment moment, int updates, int steps, SplittableRandom random)
      throws Exception {
    if (moment == Moment.FULL_DISK) {
      Path log = folder.resolve("child.log");
      try (ChildJvm child =
          ChildJvm.startOnAFullDisk(
              log, FULL, TinyRun.class.getName(), run.toString(), Integer.toString(steps))) {
        assertThat(child.exitCode()).as(child::printed).isEqualTo(1);
        assertThat(child.printed()).contains("was not written");
      }
    } else {
      try (ChildJvm child = start(run, steps)) {
        await(child, run, moment, updates);
        if (moment != Moment.MID_WRITE) {
          Thread.sleep(0, random.nextInt(1_000_000));
          Thread.sleep(random.nextInt(30));
        }
        child.kill();
        assertThat(child.exitCode()).as(child::printed).isEqualTo(KILLED);
      }
    }
    lost.add((int) recorded(run) - newest(run));
    assertThat(lost.getLast()).as("updates lost").isLessThanOrEqualTo(INTERVAL);
  }

  private static void await(ChildJvm child, Path run, Moment moment, int updates) throws Exception {
    while (child.isAlive() && !child.printed().contains(TinyRun.BEGIN)) {
      Thread.sleep(1);
    }
    while (child.isAlive() && moment != Moment.DURING_RESUME && recorded(run) < updates) {
      Thread.sleep(1);
    }
    while (child.isAlive() && moment == Moment.MID_WRITE && !isWriting(run)) {
      Thread.onSpinWait();
    }
  }

  private static boolean isWriting(Path run) throws IOException {
    Path checkpoints = run.resolve("checkpoints");
    return Files.isDirectory(checkpoints)
        && entries(checkpoints).stream().anyMatch(name -> name.endsWith(".tmp"));
  }

  private ChildJvm start(Path run, int steps) {
    return ChildJvm.start(
        folder.resolve("child.log"),
        TinyRun.class.getName(),
        run.toString(),
        Integer.toString(steps));
  }

  /** Updates that the newest checkpoint holds. */
  private static int newest(Path run) throws IOException {
    Path checkpoints = run.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    return entries(checkpoints).stream()
        .filter(name -> name.startsWith("step-"))
        .mapToInt(name -> Integer.parseInt(name.substring("step-".length())))
        .max()
        .orElse(0);
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
