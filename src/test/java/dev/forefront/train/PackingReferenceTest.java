package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents packed into rows give what each gives alone. */
class PackingReferenceTest {
  private Transformer model;
  private SafeTensors packed;
  private TokenBatch batch;

  @BeforeEach
  void open() {
    model = Transformer.load(Reference.training().resolve("init"));
    packed = SafeTensors.open(Reference.training().resolve("packing/packed.safetensors"));
    batch =
        new TokenBatch(
            rows("input_ids"),
            rows("position_ids"),
            rows("document_ids"),
            Reference.shifted(rows("labels")));
  }

  @AfterEach
  void close() {
    model.close();
    packed.close();
  }

  @Test
  void documentsDoNotSeeEachOther() {
    try (Scope _ = Scope.open()) {
      float[] logits = model.logits(model.hidden(LanguageModeling.input(batch))).floats();
      int vocabulary = model.config().vocabularySize();
      int checked = 0;
      for (int row = 0; row < batch.rows(); row++) {
        for (int d = 0; packed.entries().containsKey(name(row, d)); d++) {
          int from = first(batch.documents()[row], d);
          int count = (int) packed.entry(name(row, d)).shape()[0];
          int at = (row * batch.length() + from) * vocabulary;
          Reference.assertClose(
              Arrays.copyOfRange(logits, at, at + count * vocabulary),
              packed.entry(name(row, d)),
              1e-4);
          checked++;
        }
      }
      assertThat(checked).isGreaterThan(2);
    }
  }

  @Test
  void lossAndGradientsAreTheReferences() throws IOException {
    double loss =
        Reference.json(Reference.training().resolve("packing/packed.json")).path("loss").asDouble();
    try (Scope _ = Scope.open()) {
      Objective.Measured measured =
          new LanguageModeling(step -> List.of(batch)).gradients(model, 0);
      assertThat(measured.loss()).isCloseTo(loss, within(1e-4 * loss));
      // Loading gradients as weights lets the export undo the joined matrices.
      model.parameters().forEach(p -> p.tensor().set(p.tensor().gradient().floats()));
      int checked = 0;
      for (SafeTensors.Entry gradient : model.weights()) {
        Reference.assertClose(gradient.floats(), packed.entry("grad." + gradient.name()), 1e-4);
        checked++;
      }
      assertThat(checked).isGreaterThan(10);
    }
  }

  @Test
  void aBatchInWhichNothingCountsChangesNothing() {
    TokenInput input = LanguageModeling.input(batch);
    int[][] none = new int[batch.rows()][batch.length()];
    for (int[] row : none) {
      Arrays.fill(row, TokenBatch.IGNORED);
    }
    TokenBatch masked = new TokenBatch(input.ids(), input.positions(), input.documents(), none);
    try (Scope _ = Scope.open()) {
      Objective.Measured measured =
          new LanguageModeling(step -> List.of(masked)).gradients(model, 0);
      assertThat(measured.loss()).isZero();
      assertThat(model.parameters()).noneMatch(p -> p.tensor().hasGradient());
    }
  }

  private int[][] rows(String name) {
    return Reference.rows(packed.entry(name));
  }

  private static String name(int row, int document) {
    return "separate.%d.%d.logits".formatted(row, document);
  }

  private static int first(int[] documents, int document) {
    for (int i = 0; i < documents.length; i++) {
      if (documents[i] == document) {
        return i;
      }
    }
    throw new AssertionError("no document " + document);
  }
}
