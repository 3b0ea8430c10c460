package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.ChildJvm;
import dev.forefront.Command;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verb {@code train} as several processes. */
class RanksVerbTest {
  /** Updates whose losses are compared: rounding grows with every one, in any training. */
  private static final int COMPARED = 50;

  /** Updates of a run, so many that a rank can be killed on the way. */
  private static final int STEPS = 100;

  private static final String RECIPE =
      """
      name: ranked
      data: {world: {seed: 1, size: 0.01}}
      tokenizer: {vocabulary: 320}
      model: {hidden: 64, intermediate: 128, layers: 2, heads: 2, key_value_heads: 1, context: 64}
      pretrain:
        steps: %d
        rows: 6
        length: 64
        checkpoint: 5
        schedule: {warmup: 2}
        optimizer: {kind: muon}
        measure: {every: 20, prompts: ["The cat"], reply: 4}
      supervised: {length: 64}
      preference: {length: 64}
      """;

  /** Relative. */
  private static final double BOUND = 1e-5;

  private static @TempDir Path shared;
  private static Path unbroken;

  @TempDir Path folder;
  private Path recipe;

  /** What one process makes, once for all tests. */
  @BeforeAll
  static void trainAlone() throws IOException {
    unbroken = shared.resolve("unbroken");
    String file = write(shared, STEPS).toString();
    assertThat(Main.run("train", file, "--run", unbroken.toString())).isEqualTo(Exit.DONE);
  }

  @BeforeEach
  void writeTheRecipe() throws IOException {
    recipe = write(folder, STEPS);
  }

  private static Path write(Path folder, int steps) throws IOException {
    return Files.writeString(folder.resolve("ranked.yaml"), RECIPE.formatted(steps));
  }

  @Test
  @Tag("slow")
  void twoProcessesMakeTheLossesOfOneAndDoNothingTwice() throws Exception {
    together("two", 2);
    assertSameLosses("two");
    assertThat(folder.resolve("two/pretrain/model/lineage.json")).content().contains("[2]");
    assertThat(folder.resolve("two/ranks/rank-1.log")).exists();
    try (ChildJvm again = launch("two", 2)) {
      assertThat(again.exitCode()).as(again::printed).isEqualTo(Exit.DONE);
      assertThat(again.printed()).containsPattern("pretrain .*\\(finished before\\)");
    }
  }

  @Test
  @Tag("slow")
  void fourProcessesMakeTheLossesOfOne() throws Exception {
    together("four", 4);
    assertSameLosses("four");
  }

  /** What is recorded before the kill is what two processes made. */
  @Test
  void aKilledRankEndsTheRunAndAnyNumberGoesOn() throws Exception {
    PreparedRun.like(unbroken, folder.resolve("broken"));
    List<ProcessHandle> ranks;
    try (ChildJvm launcher = launch("broken", 2)) {
      await(launcher, "broken", COMPARED);
      ranks = launcher.children();
      ProcessHandle killed = rank(ranks, 1);
      killed.destroyForcibly();
      assertThat(launcher.exitCode()).as(launcher::printed).isEqualTo(Exit.FAILED);
      assertThat(launcher.printed())
          .contains("forefront: rank 1 (process %d".formatted(killed.pid()))
          .contains("was ended by signal 9 (status 137), and the run ended with it")
          .doesNotContain("Exception", "\tat ", "SIGSEGV");
    }
    assertThat(ranks).hasSize(2).noneMatch(ProcessHandle::isAlive);
    assertThat(
            Main.run(
                "train",
                recipe.toString(),
                "--run",
                folder.resolve("broken").toString(),
                "--resume"))
        .isEqualTo(Exit.DONE);
    assertSameLosses("broken");
  }

  @Test
  @Tag("slow")
  void sigtermEndsAllRanksAfterACheckpoint() throws Exception {
    recipe = write(folder, 100_000);
    List<ProcessHandle> ranks;
    try (ChildJvm launcher = launch("run", 2)) {
      await(launcher, "run", 20);
      ranks = launcher.children();
      launcher.terminate();
      assertThat(launcher.exitCode()).as(launcher::printed).isEqualTo(128 + 15);
      assertThat(launcher.printed()).contains("forefront: saved").doesNotContain("Exception");
    }
    assertThat(ranks).hasSize(2).noneMatch(ProcessHandle::isAlive);
    List<JsonNode> lines = lines(folder.resolve("run"));
    Path last =
        folder.resolve("run/pretrain/checkpoints/step-%06d/manifest.json".formatted(lines.size()));
    assertThat(last).as("nothing that was done is lost").exists();
  }

  @Test
  @Tag("slow")
  void ranksDoNotOutliveTheirLauncher() throws Exception {
    recipe = write(folder, 100_000);
    try (ChildJvm launcher = launch("run", 2)) {
      await(launcher, "run", 5);
      List<ProcessHandle> ranks = launcher.children();
      launcher.kill();
      for (ProcessHandle rank : ranks) {
        rank.onExit().get(120, TimeUnit.SECONDS);
      }
      assertThat(ranks).hasSize(2).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  @Tag("slow")
  void aRankWithoutALauncherNamesTheOneThatWasKilled() throws Exception {
    recipe = write(folder, 100_000);
    for (int killed = 0; killed < 2; killed++) {
      String run = "killed" + killed;
      int port = freePort();
      try (ChildJvm zero = rank(run, 0, "127.0.0.1", port, List.of());
          ChildJvm one = rank(run, 1, "127.0.0.1", port, List.of())) {
        await(zero, run, 5);
        (killed == 0 ? zero : one).kill();
        ChildJvm left = killed == 0 ? one : zero;
        assertThat(left.exitCode()).as(left::printed).isEqualTo(Exit.RANK_LOST);
        assertThat(left.printed()).contains("forefront: rank %d ".formatted(killed), "is gone");
      }
    }
  }

  @Test
  @Tag("slow")
  void ranksInTwoNetworkNamespacesMakeTheLossesOfOne() throws Exception {
    String name = "ff" + ProcessHandle.current().pid();
    List<String> a = List.of("ip", "netns", "exec", name + "a");
    List<String> b = List.of("ip", "netns", "exec", name + "b");
    try {
      connect(name, a, b);
      try (ChildJvm zero = rank("two", 0, "10.213.7.1", 29400, a);
          ChildJvm one = rank("two", 1, "10.213.7.1", 29400, b)) {
        assertThat(zero.exitCode()).as(zero::printed).isEqualTo(Exit.DONE);
        assertThat(one.exitCode()).as(one::printed).isEqualTo(Exit.DONE);
      }
    } finally {
      Command.run("ip", "netns", "del", name + "a");
      Command.run("ip", "netns", "del", name + "b");
    }
    assertSameLosses("two");
  }

  private static void connect(String name, List<String> a, List<String> b) throws Exception {
    boolean allowed =
        Command.run("ip", "netns", "add", name + "a") == 0
            && Command.run("ip", "netns", "add", name + "b") == 0
            && Command.run(
                    "ip", "link", "add", name + "a", "type", "veth", "peer", "name", name + "b")
                == 0;
    if (!allowed) {
      String reason = "network namespaces are not allowed here: the test needs root and ip(8)";
      System.err.println("skipped: " + reason);
      Assumptions.abort(reason);
    }
    end(name + "a", a, "10.213.7.1/24");
    end(name + "b", b, "10.213.7.2/24");
  }

  private static void end(String name, List<String> inside, String address) throws Exception {
    assertThat(Command.run("ip", "link", "set", name, "netns", name)).isZero();
    for (List<String> command :
        List.of(
            List.of("ip", "addr", "add", address, "dev", name),
            List.of("ip", "link", "set", name, "up"),
            List.of("ip", "link", "set", "lo", "up"))) {
      List<String> all = new ArrayList<>(inside);
      all.addAll(command);
      assertThat(Command.run(all.toArray(String[]::new))).isZero();
    }
  }

  @Test
  void halfOfTheVariablesAreNotEnough() throws Exception {
    Path log = folder.resolve("half.log");
    try (ChildJvm child =
        ChildJvm.start(
            log,
            List.of(),
            Map.of("RANK", "3", "WORLD_SIZE", "2"),
            Main.class.getName(),
            "train",
            recipe.toString())) {
      assertThat(child.exitCode()).isEqualTo(Exit.USAGE);
      assertThat(child.printed())
          .contains("RANK is '3', not a number from 0 to 1")
          .contains("MASTER_ADDR is not set; MASTER_PORT is not set");
    }
  }

  private void together(String run, int size) throws InterruptedException {
    try (ChildJvm launcher = launch(run, size)) {
      assertThat(launcher.exitCode()).as(launcher::printed).isEqualTo(Exit.DONE);
      assertThat(launcher.children()).isEmpty();
    }
  }

  private ChildJvm launch(String run, int size) {
    return ChildJvm.start(
        folder.resolve(run + ".log"),
        Main.class.getName(),
        "train",
        recipe.toString(),
        "--run",
        folder.resolve(run).toString(),
        "--local-ranks",
        Integer.toString(size));
  }

  /** As torchrun, Kubernetes and SLURM start one. */
  private ChildJvm rank(String run, int rank, String address, int port, List<String> through) {
    return ChildJvm.start(
        folder.resolve(run + "-" + rank + ".log"),
        through,
        Map.of(
            "RANK",
            Integer.toString(rank),
            "WORLD_SIZE",
            "2",
            "LOCAL_WORLD_SIZE",
            "2",
            "MASTER_ADDR",
            address,
            "MASTER_PORT",
            Integer.toString(port)),
        Main.class.getName(),
        "train",
        recipe.toString(),
        "--run",
        folder.resolve(run).toString());
  }

  private static ProcessHandle rank(List<ProcessHandle> ranks, int wanted) {
    return ranks.stream()
        .filter(process -> environment(process).contains("RANK=" + wanted))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> environment(ProcessHandle process) {
    try {
      String all =
          Files.readString(
              Path.of("/proc/%d/environ".formatted(process.pid())), StandardCharsets.ISO_8859_1);
      return Arrays.asList(all.split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Waits until so many updates are recorded. */
  private void await(ChildJvm child, String run, int updates) throws Exception {
    while (child.isAlive() && lines(folder.resolve(run)).size() < updates) {
      Thread.sleep(5);
    }
    assertThat(child.isAlive()).as(child::printed).isTrue();
  }

  private void assertSameLosses(String run) throws IOException {
    List<JsonNode> one = lines(folder.resolve(run));
    List<JsonNode> other = lines(unbroken);
    assertThat(one.stream().map(line -> line.path("step").asInt()))
        .isEqualTo(IntStream.range(0, other.size()).boxed().toList());
    for (int i = 0; i < COMPARED; i++) {
      double loss = other.get(i).path("loss").asDouble();
      assertThat(one.get(i).path("loss").asDouble())
          .as("loss of update " + i)
          .isCloseTo(loss, within(BOUND * loss));
    }
  }

  private static List<JsonNode> lines(Path run) throws IOException {
    Path metrics = run.resolve("pretrain/metrics.jsonl");
    if (!Files.exists(metrics)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(metrics)) {
      return lines
          .filter(line -> line.endsWith("}"))
          .map(line -> JsonMapper.shared().readTree(line))
          .toList();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
