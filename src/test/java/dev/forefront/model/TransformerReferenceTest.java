package dev.forefront.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every checkpoint under reference/models, against what the reference library computed for it. */
class TransformerReferenceTest {

  @TestFactory
  List<DynamicTest> computesTheReferencesLogits() throws IOException {
    Path models = Path.of(System.getProperty("forefront.reference"), "models");
    try (Stream<Path> folders = Files.list(models)) {
      List<DynamicTest> tests =
          folders
              .filter(folder -> Files.exists(folder.resolve("reference.safetensors")))
              .sorted()
              .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> check(folder)))
              .toList();
      assertThat(tests).isNotEmpty();
      return tests;
    }
  }

  private static void check(Path folder) {
    try (Transformer model = Transformer.load(folder);
        SafeTensors reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
      int cases = 0;
      for (; reference.entries().containsKey("case." + cases + ".input_ids"); cases++) {
        SafeTensors.Entry ids = reference.entry("case." + cases + ".input_ids");
        try (Scope _ = Scope.open();
            Torch.NoGrad _ = Torch.noGrad()) {
          Tensor hidden = model.hidden(TokenInput.of(rows(ids)));
          assertClose(model.logits(hidden), reference.entry("case." + cases + ".logits"));
          if (cases == 1) {
            assertClose(hidden, reference.entry("hidden.final_norm", hiddenShape(reference)));
          }
        }
      }
      assertThat(cases).isPositive();
    }
  }

  private static long[] hiddenShape(SafeTensors reference) {
    return reference.entry("hidden.final_norm").shape();
  }

  private static int[][] rows(SafeTensors.Entry ids) {
    long[] values = ids.longs();
    int length = (int) ids.shape()[1];
    int[][] rows = new int[(int) ids.shape()[0]][length];
    for (int i = 0; i < values.length; i++) {
      rows[i / length][i % length] = (int) values[i];
    }
    return rows;
  }

  static void assertClose(Tensor tensor, SafeTensors.Entry expected) {
    float[] a = tensor.floats();
    float[] b = expected.floats();
    assertThat(a).hasSameSizeAs(b);
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(b[i]));
    }
    assertThat(worst / largest).as(expected.name()).isLessThanOrEqualTo(1e-4);
  }
}
