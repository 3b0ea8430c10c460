package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Sampling;
import dev.forefront.model.ReferenceModels;
import dev.forefront.model.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every checkpoint of the references on the Java engine. */
class ModelReferenceTest {

  @TestFactory
  List<DynamicTest> computesWhatTheReferenceComputes() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : ReferenceModels.folders()) {
      String name = folder.getFileName().toString();
      tests.add(DynamicTest.dynamicTest(name + " logits", () -> logits(folder)));
      tests.add(DynamicTest.dynamicTest(name + " greedy", () -> greedy(folder)));
      tests.add(DynamicTest.dynamicTest(name + " log-probabilities", () -> scores(folder)));
    }
    return tests;
  }

  private static void logits(Path folder) {
    Weights weights = Passes.load(folder);
    int vocabulary = weights.config().vocabularySize();
    try (SafeTensors reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
      int cases = 0;
      for (; reference.entries().containsKey("case." + cases + ".input_ids"); cases++) {
        SafeTensors.Entry ids = reference.entry("case." + cases + ".input_ids");
        float[] expected = reference.entry("case." + cases + ".logits").floats();
        float[] actual = new float[expected.length];
        int length = (int) ids.shape()[1];
        long[] values = ids.longs();
        for (int row = 0; row < ids.shape()[0]; row++) {
          long[] own = Arrays.copyOfRange(values, row * length, (row + 1) * length);
          float[] logits = Passes.logits(weights, own, Forward.MOST_ROWS);
          // Whoever stands beside a row, its numbers are the same to the last bit.
          assertThat(Passes.logits(weights, own, 1)).isEqualTo(logits);
          assertThat(Passes.logits(weights, own, 7)).isEqualTo(logits);
          System.arraycopy(logits, 0, actual, row * length * vocabulary, logits.length);
        }
        assertClose(actual, expected);
      }
      assertThat(cases).isPositive();
    }
  }

  private static void greedy(Path folder) throws IOException {
    try (IdModel model = IdModel.open(folder)) {
      JsonNode cases = reference(folder).path("greedy");
      assertThat(cases.size()).isPositive();
      // All at once: a sequence must not depend on its company.
      List<List<Integer>> written =
          StreamSupport.stream(cases.spliterator(), true)
              .map(
                  test -> {
                    List<Integer> ids = new ArrayList<>();
                    int count = ids(test, "tokens").length;
                    model.write(
                        ids(test, "prompt"),
                        Sampling.greedy(count),
                        id -> false,
                        token -> {
                          ids.add(token.id());
                          return Next.CONTINUE;
                        });
                    return ids;
                  })
              .toList();
      for (int i = 0; i < cases.size(); i++) {
        assertThat(written.get(i))
            .containsExactlyElementsOf(IntStream.of(ids(cases.get(i), "tokens")).boxed().toList());
      }
    }
  }

  private static void scores(Path folder) throws IOException {
    try (IdModel model = IdModel.open(folder)) {
      JsonNode cases = reference(folder).path("continuation_logprobs");
      assertThat(cases.size()).isPositive();
      for (JsonNode test : cases) {
        int[] context = ids(test, "prompt");
        int[] continuation = ids(test, "continuation");
        int[] all = IntStream.concat(IntStream.of(context), IntStream.of(continuation)).toArray();
        List<IdModel.ScoredToken> scored = model.score(all, context.length);
        assertThat(scored).hasSize(continuation.length);
        for (int i = 0; i < scored.size(); i++) {
          assertThat(scored.get(i).logprob())
              .isCloseTo(test.path("logprobs").get(i).asDouble(), within(1e-3));
        }
      }
    }
  }

  private static JsonNode reference(Path folder) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("reference.json")));
  }

  private static int[] ids(JsonNode test, String name) {
    JsonNode list = test.path(name);
    assertThat(list.isArray()).as(name).isTrue();
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
  }

  static void assertClose(float[] a, float[] b) {
    assertClose(a, b, 1e-4);
  }

  static void assertClose(float[] a, float[] b, double relative) {
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(b[i]));
    }
    assertThat(worst / largest).isLessThanOrEqualTo(relative);
  }
}
