package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.data.Judged;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** KTO and the unpaired form of APO-zero against the recorded losses. */
class KtoReferenceTest {

  /** Recorded rows as an update sees them. */
  private record Batch(ReplyBatch replies, ReplyBatch mismatched, List<Judged.Label> labels) {

    static Batch of(String file, String prefix) {
      try (SafeTensors tensors = SafeTensors.open(Recorded.FOLDER.resolve(file))) {
        List<Judged.Label> labels = new ArrayList<>();
        for (long label : tensors.entry(prefix + "label").longs()) {
          labels.add(label == 1 ? Judged.Label.DESIRABLE : Judged.Label.UNDESIRABLE);
        }
        return new Batch(
            batch(Recorded.masked(tensors, prefix)),
            batch(Recorded.masked(tensors, prefix + "KL_")),
            labels);
      }
    }

    private static ReplyBatch batch(List<Sequence> rows) {
      return ReplyBatch.of(rows.stream().map(row -> (Example) () -> List.of(row)).toList(), 80);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyVariantHasItsRecordedLossGradientAndMetrics() {
    return recorded()
        .at("/one_batch/variants")
        .valueStream()
        .map(
            variant ->
                DynamicTest.dynamicTest(
                    "%s beta %s".formatted(variant.get("loss_type"), variant.get("beta")),
                    () -> checkVariant(variant)));
  }

  private static void checkVariant(JsonNode variant) {
    Batch batch = Batch.of("kto-batch.safetensors", "");
    try (Transformer policy = Recorded.model("policy");
        Transformer start = Recorded.model("reference");
        Scope _ = Scope.open()) {
      Recorded.Step step = step(variant, policy, start, batch);
      Recorded.checkLossAndGradient(variant, step.loss(), policy);
      Recorded.checkMetrics(variant.get("metrics"), step.figures());
    }
  }

  private static Recorded.Step step(
      JsonNode settings, Transformer policy, Transformer start, Batch batch) {
    KtoLoss loss =
        new KtoLoss(
            settings.get("beta").asDouble(),
            settings.path("desirable_weight").asDouble(1),
            settings.path("undesirable_weight").asDouble(1));
    Map<String, Double> figures = new TreeMap<>();
    double gain = 0;
    if (settings.get("loss_type").asString().equals("kto")) {
      gain =
          KtoObjective.gain(
              policy,
              batch.mismatched(),
              ReplyScores.of(start, batch.mismatched()).detach().floats());
      figures.put("kl", gain);
    }
    Tensor scores = ReplyScores.of(policy, batch.replies());
    KtoLoss.Value value =
        loss.value(scores, ReplyScores.of(start, batch.replies()).detach(), gain, batch.labels());
    value.loss().backward();
    figures.putAll(value.figures());
    return new Recorded.Step(value.loss().item(), figures);
  }

  @Test
  void theRecordedRunIsRunAgain() {
    JsonNode training = recorded().get("training");
    assertThat(training.get("steps")).hasSize(5);
    try (Transformer policy = Recorded.model("policy");
        Transformer start = Recorded.model("reference")) {
      Recorded.checkRun(
          training,
          policy,
          "kto-final.safetensors",
          recorded -> {
            String prefix = "step.%d.".formatted(recorded.get("step").asInt());
            Batch batch = Batch.of("kto-batches.safetensors", prefix);
            return () -> step(training, policy, start, batch);
          });
    }
  }

  private static JsonNode recorded() {
    return Recorded.json("kto.json");
  }
}
