package dev.forefront.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  private static final EvaluationSettings SETTINGS = EvaluationSettings.standard();

  private final CountingModel model = new CountingModel(text -> text);

  private Evaluation.Outcome measure(Suite... suites) {
    return Evaluation.run(model, "sha256:00", List.of(suites), SETTINGS, done -> {});
  }

  @Test
  void measuresPerplexityAndBitsPerByteOfTextsLongerThanTheContext() {
    String text = "the quick brown fox jumps over the lazy dog ".repeat(20);
    Report report = measure(new Perplexity("perplexity", List.of(text, "short"))).report();
    Result perplexity = report.result("perplexity", "heldout_perplexity").orElseThrow();
    assertThat(perplexity.value()).isCloseTo(2.0, within(1e-9));
    assertThat(perplexity.n()).isEqualTo(2);
    assertThat(report.result("perplexity", "bits_per_byte").orElseThrow().value())
        .isCloseTo(1.0, within(1e-9));
    String read =
        model.scored.stream()
            .map(pair -> pair.substring(pair.indexOf('|') + 1))
            .filter(piece -> !piece.equals("short"))
            .collect(Collectors.joining());
    assertThat(read).isEqualTo(text);
  }

  @Test
  void readsTextWithoutSpacesAndWithPairsOfSurrogates() {
    String text = "𝐚".repeat(200);
    Report report = measure(new Perplexity("perplexity", List.of(text))).report();
    assertThat(report.result("perplexity", "heldout_perplexity").orElseThrow().value())
        .isCloseTo(2.0, within(1e-9));
  }

  @Test
  void comparesPairsAndPredictsLastWords() {
    Report report =
        measure(
                new MinimalPairs(
                    "blimp",
                    List.of(
                        new MinimalPairs.Pair("a", "long"), new MinimalPairs.Pair("long", "a"))),
                new LastWord("lambada", List.of("it was sunny", "it was cold")))
            .report();
    assertThat(report.result("blimp", "accuracy").orElseThrow().value()).isEqualTo(0.5);
    assertThat(report.result("lambada", "accuracy").orElseThrow().value()).isEqualTo(0.5);
    assertThat(report.result("lambada", "word_perplexity").orElseThrow().value())
        .isCloseTo(Math.pow(2, 5.5), within(1e-6));
  }

  @Test
  void reportsAModelThatFailsInTheMiddleAndLosesNothing() {
    AtomicLong done = new AtomicLong();
    Evaluation.Outcome outcome =
        Evaluation.run(
            model,
            "sha256:00",
            List.of(
                new Perplexity("perplexity", List.of("fine", "crash", "also fine")),
                new LastWord("lambada", List.of("it was sunny", "we saw a crash"))),
            SETTINGS,
            count -> done.accumulateAndGet(count, Math::max));
    assertThat(outcome.problems())
        .containsExactly(
            "perplexity: 1 of 3 items failed: the model broke",
            "lambada: 1 of 2 items failed: the model broke");
    Report report = outcome.report();
    assertThat(report.result("perplexity", "heldout_perplexity").orElseThrow().n()).isEqualTo(2);
    assertThat(report.result("perplexity", "error_rate").orElseThrow().n()).isEqualTo(3);
    assertThat(report.result("lambada", "accuracy").orElseThrow())
        .satisfies(
            accuracy -> {
              assertThat(accuracy.value()).isEqualTo(0.5);
              assertThat(accuracy.n()).isEqualTo(2);
            });
    assertThat(done).hasValue(5);
  }

  @Test
  void digestsTellSetsApartThatJoinToTheSameText() {
    assertThat(new Perplexity("p", List.of("ab", "c")).digest())
        .isNotEqualTo(new Perplexity("p", List.of("a", "bc")).digest())
        .startsWith("sha256:")
        .hasSize(71);
  }
}
