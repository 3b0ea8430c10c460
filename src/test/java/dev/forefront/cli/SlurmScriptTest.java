package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code deploy/slurm/train.sh} on a cluster of one machine: programs of SLURM's names start tasks
 * here, and do to them what SLURM's do.
 */
class SlurmScriptTest {
  private static final Path SCRIPT = Path.of("deploy/slurm/train.sh").toAbsolutePath();
  private static final String JOB = "4711";

  /** Starts the tasks; says the highest status; kills them where it gets SIGTERM itself. */
  private static final String SRUN =
      """
      while [ "$1" != bash ]; do shift; done
      tasks=()
      trap 'kill -KILL "${tasks[@]}"' TERM
      for ((i = 0; i < SLURM_NTASKS; i++)); do
        SLURM_PROCID=$i SLURM_LOCALID=$((i % 2)) "$@" &
        tasks+=($!)
      done
      echo "${tasks[@]}" > "$CLUSTER/tasks"
      highest=0
      for task in "${tasks[@]}"; do
        status=0
        wait "$task" || status=$?
        [ "$status" -le "$highest" ] || highest=$status
      done
      exit "$highest"
      """;

  private static final String SCONTROL =
      """
      case "$1" in
        show) printf 'node-a\\nnode-b\\n' ;;
        requeue) echo "$2" > "$CLUSTER/requeued" ;;
      esac
      """;

  /** Without a signal it ends the job: tasks get SIGTERM, and the script may go on for a moment. */
  private static final String SCANCEL =
      """
      kill -TERM $(cat "$CLUSTER/tasks")
      """;

  @TempDir Path cluster;

  @BeforeEach
  void install() throws IOException {
    Files.createDirectories(cluster.resolve("bin"));
    program("bin/srun", SRUN);
    program("bin/scontrol", SCONTROL);
    program("bin/scancel", SCANCEL);
  }

  @Test
  void everyTaskIsToldItsPlace() throws Exception {
    ranksThat(
        "echo \"$MASTER_ADDR $MASTER_PORT $WORLD_SIZE $LOCAL_WORLD_SIZE $*\" >"
            + " rank-$RANK-$LOCAL_RANK");
    assertThat(end(submit(4, "recipes/tiny.yaml", "--set", "a=b c"))).isZero();
    for (String rank : List.of("rank-0-0", "rank-1-1", "rank-2-0", "rank-3-1")) {
      assertThat(cluster.resolve(rank))
          .hasContent(
              "node-a 24711 4 2 train recipes/tiny.yaml --set a=b c --run runs/tiny --resume");
    }
    assertThat(cluster.resolve("runs/tiny")).as("so that --resume begins").isDirectory();
  }

  @Test
  void ranksAreStartedAgainWhileTheyGetOn() throws Exception {
    ranksThat(
        """
        echo start >> starts-$RANK
        n=$(wc -l < starts-$RANK)
        [ $n = 3 ] && exit 0
        if [ $RANK = 1 ]; then
          mkdir -p runs/tiny/pretrain/checkpoints/step-00000$n
          touch runs/tiny/pretrain/checkpoints/step-00000$n/manifest.json
          kill -KILL $$
        fi
        exit 4
        """);
    assertThat(end(submit(2, "recipes/tiny.yaml"))).isZero();
    assertThat(cluster.resolve("starts-0")).hasContent("start\nstart\nstart");
    assertThat(log()).contains("with status 137; started again");
  }

  @Test
  void ranksThatDoNotGetOnAreNotStartedAgain() throws Exception {
    ranksThat("echo start >> starts-$RANK; exit 2");
    assertThat(end(submit(2, "recipes/tiny.yaml"))).isEqualTo(2);
    assertThat(cluster.resolve("starts-0")).hasContent("start");
    assertThat(cluster.resolve("requeued")).doesNotExist();
  }

  @Test
  void aJobWhoseTimeIsOverSavesAndIsQueuedAgain() throws Exception {
    ranksThat(UNTIL_TERMINATED);
    Process job = submit(2, "recipes/tiny.yaml");
    await(job, "started-0", "started-1");
    signal("USR1", job);
    assertThat(end(job)).isEqualTo(143);
    assertThat(cluster.resolve("requeued")).hasContent(JOB);
    assertThat(cluster.resolve("saved-0")).exists();
    assertThat(cluster.resolve("saved-1")).exists();
  }

  @Test
  void aJobThatIsCancelledStaysSo() throws Exception {
    ranksThat(UNTIL_TERMINATED);
    Process job = submit(2, "recipes/tiny.yaml");
    await(job, "started-0", "started-1");
    assertThat(run(Map.of(), "scancel", JOB).waitFor()).isZero();
    assertThat(end(job)).isEqualTo(143);
    assertThat(cluster.resolve("saved-1")).exists();
    assertThat(cluster.resolve("requeued")).doesNotExist();
    assertThat(log()).doesNotContain("started again");
  }

  @Test
  void whoNamesNoRecipeIsToldHow() throws Exception {
    assertThat(end(submit(2))).isEqualTo(2);
    assertThat(log()).contains("usage: sbatch [--nodes N]");
  }

  @Test
  @Tag("slow")
  void twoRanksTrainThroughIt() throws Exception {
    ChildJvm.write(cluster.resolve("forefront"), Main.class.getName());
    program("bin/scontrol", "echo 127.0.0.1");
    Files.writeString(
        cluster.resolve("tiny.yaml"),
        """
        name: tiny
        data: {world: {seed: 1, size: 0.01}}
        tokenizer: {vocabulary: 320}
        model: {hidden: 32, intermediate: 64, layers: 1, heads: 2, key_value_heads: 1, context: 64}
        pretrain: {steps: 6, rows: 2, length: 64, checkpoint: 3, schedule: {warmup: 2}}
        supervised: {length: 64}
        preference: {length: 64}
        """);
    assertThat(end(submit(2, "tiny.yaml"))).as(this::log).isZero();
    Path trained = cluster.resolve("runs/tiny/pretrain");
    assertThat(trained.resolve("model/lineage.json")).content().contains("\"ranks\" : \"[2]\"");
    try (Stream<String> lines = Files.lines(trained.resolve("metrics.jsonl"))) {
      List<JsonNode> updates = lines.map(line -> JsonMapper.shared().readTree(line)).toList();
      assertThat(updates).hasSize(6).allMatch(update -> update.path("ranks").asInt() == 2);
    }
  }

  private static final String UNTIL_TERMINATED =
      """
      trap 'touch saved-$RANK; exit 143' TERM
      touch started-$RANK
      while true; do sleep 0.05; done
      """;

  /** A program that does this as {@code ./forefront train}, and nothing else. */
  private void ranksThat(String work) throws IOException {
    program("forefront", "[ \"$1\" = train ] || exit 0\n" + work);
  }

  private void program(String name, String work) throws IOException {
    Path file = Files.writeString(cluster.resolve(name), "#!/usr/bin/env bash\n" + work + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process submit(int tasks, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    return run(
        Map.of(
            "SLURM_SUBMIT_DIR",
            cluster.toString(),
            "SLURM_JOB_ID",
            JOB,
            "SLURM_JOB_NODELIST",
            "node-[a-b]",
            "SLURM_NTASKS",
            Integer.toString(tasks),
            "SLURM_NTASKS_PER_NODE",
            "2"),
        command.toArray(String[]::new));
  }

  private Process run(Map<String, String> variables, String... command) throws IOException {
    Path log = cluster.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder("env", "PATH=%s/bin:%s".formatted(cluster, System.getenv("PATH")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.command().addAll(List.of(command));
    builder.environment().put("CLUSTER", cluster.toString());
    builder.environment().putAll(variables);
    return builder.start();
  }

  private int end(Process job) throws InterruptedException {
    if (!job.waitFor(120, TimeUnit.SECONDS)) {
      job.destroyForcibly();
      throw new AssertionError("the job did not end: " + log());
    }
    return job.exitValue();
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private void await(Process job, String... files) throws InterruptedException {
    while (job.isAlive()
        && !Stream.of(files).allMatch(file -> Files.exists(cluster.resolve(file)))) {
      Thread.sleep(5);
    }
  }

  private String log() {
    try {
      return Files.readString(cluster.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
