package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import dev.forefront.conversation.Sha256;
import dev.forefront.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verb {@code train}, killed, out of disk, asked to end, then left in peace. */
class InterruptedTrainTest {
  private static final String RECIPE =
      """
      name: interrupted
      data: {world: {seed: 1, size: 0.01}}
      tokenizer: {vocabulary: 320}
      model: {hidden: 64, intermediate: 128, layers: 2, heads: 2, key_value_heads: 1, context: 64}
      pretrain: {steps: 100, rows: 4, length: 64, checkpoint: 5, schedule: {warmup: 2}}
      supervised: {length: 64}
      preference: {length: 64}
      """;

  /** Room for the weights of about 400 kB, none for the moments, which are twice that. */
  private static final int FULL = 600;

  @TempDir Path folder;
  private Path recipe;

  @BeforeEach
  void writeTheRecipe() throws IOException {
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  @Test
  void aKillAFullDiskAndSigtermCostNothingButTime() throws Exception {
    Path unbroken = folder.resolve("unbroken");
    assertThat(Main.run("train", recipe.toString(), "--run", unbroken.toString()))
        .isEqualTo(Exit.DONE);
    Path run = folder.resolve("run");
    PreparedRun.like(unbroken, run);
    killOnceACheckpointLies(run);

    String[] resume = {"train", recipe.toString(), "--run", run.toString(), "--resume"};
    Path log = folder.resolve("full.log");
    try (ChildJvm child = ChildJvm.startOnAFullDisk(log, FULL, Main.class.getName(), resume)) {
      assertThat(child.exitCode()).as(child::printed).isEqualTo(Exit.FAILED);
      List<String> said =
          child.printed().lines().filter(line -> line.startsWith("forefront: ")).toList();
      assertThat(said).as(child::printed).hasSize(1);
      assertThat(said.getFirst())
          .contains("optimizer.safetensors was not written: File too large")
          .contains("make room");
      assertThat(child.printed()).doesNotContain("Exception", "\tat ");
    }
    assertNewestCheckpointIsWhole(run);
    endAfterAnotherCheckpoint(run, resume);
    assertNewestCheckpointIsWhole(run);

    assertThat(Main.run("train", recipe.toString(), "--run", run.toString()))
        .as("an unfinished run asks first")
        .isEqualTo(Exit.USAGE);
    assertThat(Main.run(resume)).isEqualTo(Exit.DONE);
    assertThat(weights(run)).isEqualTo(weights(unbroken));
  }

  private void killOnceACheckpointLies(Path run) throws Exception {
    Path log = folder.resolve("killed.log");
    try (ChildJvm child =
        ChildJvm.start(
            log, Main.class.getName(), "train", recipe.toString(), "--run", run.toString())) {
      while (child.isAlive() && checkpoints(run).isEmpty()) {
        Thread.sleep(1);
      }
      child.kill();
      assertThat(child.exitCode()).as(child::printed).isEqualTo(128 + 9);
    }
  }

  /** Ctrl+C and SIGTERM: the update is saved, and the native library is not left in the lurch. */
  private void endAfterAnotherCheckpoint(Path run, String... resume) throws Exception {
    Path before = checkpoints(run).getFirst();
    Path log = folder.resolve("ended.log");
    try (ChildJvm child = ChildJvm.start(log, Main.class.getName(), resume)) {
      while (child.isAlive() && checkpoints(run).getFirst().equals(before)) {
        Thread.sleep(1);
      }
      child.terminate();
      assertThat(child.exitCode()).as(child::printed).isEqualTo(128 + 15);
      assertThat(child.printed()).contains("saved").doesNotContain("SIGSEGV", "Exception");
    }
  }

  private static void assertNewestCheckpointIsWhole(Path run) throws IOException {
    Path newest = checkpoints(run).getFirst();
    JsonNode manifest =
        JsonMapper.shared().readTree(Files.readAllBytes(newest.resolve("manifest.json")));
    assertThat(manifest.path("files").propertyNames()).contains("optimizer.safetensors");
    for (String file : manifest.path("files").propertyNames()) {
      assertThat(Sha256.hex(newest.resolve(file)))
          .as(file)
          .isEqualTo(manifest.path("files").path(file).asString());
    }
    Transformer.load(newest).close();
  }

  /** Finished ones, newest first. */
  private static List<Path> checkpoints(Path run) throws IOException {
    Path folder = run.resolve("pretrain/checkpoints");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().startsWith("step-"))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  private static String weights(Path run) {
    return Sha256.hex(run.resolve("pretrain/model/model.safetensors"));
  }
}
