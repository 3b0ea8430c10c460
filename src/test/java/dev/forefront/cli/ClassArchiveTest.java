package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands whose classes are archived. */
class ClassArchiveTest {

  @Test
  void allOfThemStillRun(@TempDir Path folder) {
    assertThat(ClassArchive.run(Path.of("").toAbsolutePath(), folder)).isZero();
    assertThat(folder.resolve("model.gguf")).isRegularFile();
  }
}
