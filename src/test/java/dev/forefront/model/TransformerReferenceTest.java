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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every checkpoint of the references, against what the reference library computed for it. */
class TransformerReferenceTest {

  @TestFactory
  List<DynamicTest> computesTheReferencesLogitsAndResiduals() {
    return ReferenceModels.folders().stream()
        .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> check(folder)))
        .toList();
  }

  @TestFactory
  List<DynamicTest> writesTheReferencesGreedyTokens() {
    return ReferenceModels.folders().stream()
        .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> checkGreedy(folder)))
        .toList();
  }

  /**
   * In every architecture a pass that computes blocks again gives the gradients of one that keeps.
   */
  @TestFactory
  List<DynamicTest> computedAgainOnTheWayBackGradientsAreTheSame() {
    return ReferenceModels.folders().stream()
        .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> checkPasses(folder)))
        .toList();
  }

  private static void checkPasses(Path folder) {
    try (Transformer model = Transformer.load(folder)) {
      List<float[]> kept = gradients(model, Recall.KEEP);
      List<float[]> again = gradients(model, Recall.RECOMPUTE);
      assertThat(kept).anySatisfy(gradient -> assertThat(gradient[0]).isNotZero());
      for (int i = 0; i < kept.size(); i++) {
        assertThat(again.get(i)).isEqualTo(kept.get(i));
      }
    }
  }

  /** Of three documents in two rows. */
  private static List<float[]> gradients(Transformer model, Recall recall) {
    TokenInput input =
        new TokenInput(
            new int[][] {{5, 6, 7, 8, 9, 10}, {11, 12, 13, 14, 15, 16}},
            new int[][] {{0, 1, 2, 3, 0, 1}, {0, 1, 2, 3, 4, 5}},
            new int[][] {{0, 0, 0, 0, 1, 1}, {0, 0, 0, 0, 0, 0}});
    model.parameters().forEach(one -> one.tensor().clearGradient());
    try (Scope _ = Scope.open();
        Pass pass = model.pass(input, recall)) {
      pass.backward(model.logits(pass.hidden()).logSumExp(2).sum(), Tensor.ones());
      return model.parameters().stream().map(one -> one.tensor().gradient().floats()).toList();
    }
  }

  /** Every place's likeliest successor at once: what a greedy path is, seen from its end. */
  private static void checkGreedy(Path folder) throws IOException {
    JsonNode paths =
        JsonMapper.shared()
            .readTree(Files.readAllBytes(folder.resolve("reference.json")))
            .path("greedy");
    assertThat(paths.size()).isPositive();
    try (Transformer model = Transformer.load(folder)) {
      for (JsonNode path : paths) {
        int prompt = path.path("prompt").size();
        int[] ids =
            Stream.of("prompt", "tokens")
                .flatMap(part -> path.path(part).valueStream())
                .mapToInt(JsonNode::asInt)
                .toArray();
        try (Scope _ = Scope.open();
            Torch.NoGrad _ = Torch.noGrad()) {
          float[] logits = model.logits(model.hidden(TokenInput.of(new int[][] {ids}))).floats();
          int vocabulary = model.config().vocabularySize();
          for (int i = prompt; i < ids.length; i++) {
            assertThat(likeliest(logits, (i - 1) * vocabulary, vocabulary)).isEqualTo(ids[i]);
          }
        }
      }
    }
  }

  private static int likeliest(float[] logits, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = logits[from + i] > logits[from + best] ? i : best;
    }
    return best;
  }

  private static void check(Path folder) {
    try (Transformer model = Transformer.load(folder);
        SafeTensors reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
      int cases = 0;
      for (; reference.entries().containsKey("case." + cases + ".input_ids"); cases++) {
        SafeTensors.Entry ids = reference.entry("case." + cases + ".input_ids");
        try (Scope _ = Scope.open();
            Torch.NoGrad _ = Torch.noGrad()) {
          TokenInput input = TokenInput.of(rows(ids));
          Tensor hidden = model.hidden(input);
          assertClose(model.logits(hidden), reference.entry("case." + cases + ".logits"));
          if (cases == 1) {
            assertClose(hidden, reference.entry("hidden.final_norm", hiddenShape(reference)));
            List<Tensor> residuals = model.residuals(input);
            assertThat(residuals).hasSize(model.config().layers() + 1);
            assertClose(residuals.getFirst(), reference.entry("hidden.embedding"));
            for (int layer = 0; layer < model.config().layers(); layer++) {
              assertClose(residuals.get(layer + 1), reference.entry("hidden.layer." + layer));
            }
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
