package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What libtorch multiplies with, which decides its speed and which nothing else would tell. */
class TorchTest {
  /** The names of libraries change from one release of the binding to the next, without a word. */
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void mklStandsInForOpenBlas() throws IOException {
    Torch.start();
    assertThat(torch.hasMKLDNN()).as("oneDNN").isTrue();
    try (Scope _ = Scope.open()) {
      Tensor ones = Tensor.ones(64, 64);
      ones.linear(ones);
    }
    assertThat(Files.readString(Path.of("/proc/self/maps")))
        .contains("/libmkl_core.so")
        .doesNotContainPattern("/openblas-[^/\n]*/.*/libopenblas");
  }

  /** Loads the libraries, as the first thing that a process does. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) {
      Torch.start();
    }
  }

  /** A library that is whole may pull in one that another process has only begun to write. */
  @Test
  @Tag("slow")
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void processesThatStartTogetherOnANewMachineUnpackByTurns(@TempDir Path folder)
      throws InterruptedException {
    Map<String, String> nothingUnpacked =
        Map.of("JAVA_TOOL_OPTIONS", "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"));
    List<ChildJvm> children = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path log = folder.resolve(i + ".log");
      children.add(ChildJvm.start(log, List.of(), nothingUnpacked, Loading.class.getName()));
    }
    for (ChildJvm child : children) {
      assertThat(child.exitCode()).as(child.printed()).isZero();
    }
    assertThat(folder.resolve("cache")).isDirectoryContaining("glob:**/forefront-unpacked-*");
  }
}
