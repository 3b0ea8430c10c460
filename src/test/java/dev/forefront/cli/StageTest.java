package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.cli.Stage.Finished;
import dev.forefront.cli.Stage.Remains;
import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {
  @TempDir Path folder;

  @Test
  void aFinishedStageIsNotRunAgain() {
    Finished first = run("a", "out");
    Finished second = run("a", "never written");
    assertThat(first.reused()).isFalse();
    assertThat(second.reused()).isTrue();
    assertThat(second.output()).isEqualTo(first.output());
    assertThat(folder.resolve("stage/out.txt")).hasContent("out");
  }

  @Test
  void otherInputsRunItAgainFromNothing() {
    run("a", "out");
    AtomicFile.write(folder.resolve("stage/leftover.txt"), "x");
    assertThat(run("b", "other").reused()).isFalse();
    assertThat(folder.resolve("stage/out.txt")).hasContent("other");
    assertThat(folder.resolve("stage/leftover.txt")).doesNotExist();
  }

  @Test
  void aChangedOutputRunsItAgain() {
    run("a", "out");
    AtomicFile.write(folder.resolve("stage/out.txt"), "changed behind our back");
    assertThat(run("a", "out").reused()).isFalse();
    assertThat(folder.resolve("stage/out.txt")).hasContent("out");
  }

  @Test
  void checkpointsOfAnUnfinishedAttemptAreNotThrownAway() {
    stop(Remains.ASK);
    Path checkpoint = folder.resolve("stage/checkpoints/step-1");
    assertThat(checkpoint).exists();
    assertThatThrownBy(() -> stop(Remains.ASK))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("--resume");
    assertThat(checkpoint).exists();
    stage("a")
        .run(
            Remains.CONTINUE,
            StageTest::digest,
            into -> {
              assertThat(checkpoint).exists();
              AtomicFile.write(into.resolve("out.txt"), "out");
              return "done";
            });
    assertThat(run("a", "never written").reused()).isTrue();
  }

  private void stop(Remains remains) {
    try {
      stage("a")
          .run(
              remains,
              StageTest::digest,
              into -> {
                AtomicFile.write(into.resolve("checkpoints/step-1"), "half");
                throw new IllegalStateException("stopped on purpose");
              });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("stopped on purpose");
    }
  }

  private Finished run(String input, String text) {
    return stage(input)
        .run(
            Remains.ASK,
            StageTest::digest,
            into -> {
              AtomicFile.write(into.resolve("out.txt"), text);
              return "wrote " + text;
            });
  }

  private Stage stage(String input) {
    return new Stage("stage", folder.resolve("stage"), Map.of("input", input));
  }

  private static String digest(Path stage) {
    Path file = stage.resolve("out.txt");
    return Files.exists(file) ? Sha256.hex(file) : "nothing";
  }
}
