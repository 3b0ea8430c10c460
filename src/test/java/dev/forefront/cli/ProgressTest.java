package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aBarShowsTaskUnitAndNote() {
    try (Progress progress = Progress.start("train", 200, "steps", out, Progress.Display.BAR)) {
      progress.note("loss 2.31");
      progress.at(200);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("train")
        .contains("200/200 steps")
        .contains("loss 2.31");
  }

  @Test
  void plainLinesStayQuietForWhatIsShort() {
    try (Progress progress = Progress.start("train", 200, "steps", out, Progress.Display.LINES)) {
      progress.at(100);
      progress.at(200);
    }
    assertThat(bytes.size()).isZero();
  }
}
