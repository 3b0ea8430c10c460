package dev.forefront.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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
}
