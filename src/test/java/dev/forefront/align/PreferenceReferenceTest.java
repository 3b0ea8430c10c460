package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * DPO against the recorded losses. Of the recorded variants this road has the sigmoid loss and the
 * likelihood of the chosen reply; others, and those with settings beyond {@code beta}, are skipped
 * by what they ask for.
 */
class PreferenceReferenceTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("forefront.reference")).resolve("alignment");
  private static final Set<String> PLAIN_VARIANT =
      Set.of("loss_type", "beta", "loss", "grad_norm", "metrics");

  @TestFactory
  Stream<DynamicTest> everyVariantHasItsRecordedLossGradientAndMetrics() {
    List<DynamicTest> tests = new ArrayList<>();
    int number = 0;
    for (JsonNode variant : recorded().at("/one_batch/variants")) {
      String name =
          "%d %s beta %s".formatted(number++, variant.get("loss_type"), variant.get("beta"));
      tests.add(DynamicTest.dynamicTest(name, () -> checkVariant(variant)));
    }
    return tests.stream();
  }

  private static void checkVariant(JsonNode variant) {
    Assumptions.assumeTrue(isOfThisRoad(variant), "this road has no loss of this kind");
    PairBatch batch = batch("dpo-batch.safetensors", "");
    PreferenceLoss plain = new PreferenceLoss(variant.get("beta").asDouble(), 0, 0);
    PreferenceLoss likely = new PreferenceLoss(variant.get("beta").asDouble(), 0, 1);
    try (Transformer policy = Transformer.load(FOLDER.resolve("model/policy"));
        Transformer start = Transformer.load(FOLDER.resolve("model/reference"));
        Scope _ = Scope.open()) {
      PreferenceLoss.Value value = value(plain, policy, start, batch);
      Tensor loss =
          kind(variant).equals("sft")
              ? value(likely, policy, start, batch).loss().minus(value.loss())
              : value.loss();
      assertThat(loss.item()).isCloseTo(variant.get("loss").asDouble(), withinPercentage(0.01));
      loss.backward();
      assertThat(Gradients.norm(policy))
          .isCloseTo(variant.get("grad_norm").asDouble(), withinPercentage(0.1));
      JsonNode metrics = variant.get("metrics");
      checkMetric(metrics, "rewards/chosen", value.chosenRewards().mean().item());
      checkMetric(metrics, "rewards/rejected", value.rejectedRewards().mean().item());
      checkMetric(metrics, "rewards/margins", value.margins().mean().item());
      checkMetric(metrics, "rewards/accuracies", value.accuracy());
    }
  }

  private static boolean isOfThisRoad(JsonNode variant) {
    boolean plain =
        variant.propertyStream().map(Map.Entry::getKey).allMatch(PLAIN_VARIANT::contains);
    return plain && (kind(variant).equals("sigmoid") || kind(variant).equals("sft"));
  }

  private static String kind(JsonNode variant) {
    return variant
        .get("loss_type")
        .valueStream()
        .map(JsonNode::asString)
        .collect(Collectors.joining("+"));
  }

  private static void checkMetric(JsonNode metrics, String name, double value) {
    double recorded = metrics.get(name).asDouble();
    // rewards are differences of sums near a hundred: float32 keeps some 1e-5 of them
    assertThat(value).as(name).isCloseTo(recorded, within(1e-3 * Math.abs(recorded) + 2e-5));
  }

  @TestFactory
  Stream<DynamicTest> everyConservativeLossIsTheRecordedOne() {
    return recorded()
        .at("/one_batch/conservative_dpo")
        .valueStream()
        .map(
            recorded ->
                DynamicTest.dynamicTest(
                    "beta %s smoothing %s"
                        .formatted(recorded.get("beta"), recorded.get("label_smoothing")),
                    () -> checkConservative(recorded)));
  }

  private static void checkConservative(JsonNode recorded) {
    JsonNode batch = recorded().get("one_batch");
    int pairs = batch.get("pairs").asInt();
    float[] policy = floats(batch.get("policy_logps"));
    float[] start = floats(batch.get("reference_logps"));
    PreferenceLoss loss =
        new PreferenceLoss(
            recorded.get("beta").asDouble(), recorded.get("label_smoothing").asDouble(), 0);
    double sum = 0;
    for (JsonNode one : recorded.get("per_pair")) {
      sum += one.asDouble();
    }
    try (Scope _ = Scope.open()) {
      Tensor policyScores = Tensor.of(policy, 2L * pairs);
      Tensor startScores = Tensor.of(start, 2L * pairs);
      double value = loss.value(policyScores, startScores, 1).loss().item();
      assertThat(value).isCloseTo(sum / pairs, within(1e-4 * sum / pairs));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedTokenHasItsLogProbability() {
    return Stream.of("policy", "reference")
        .map(model -> DynamicTest.dynamicTest(model, () -> checkTokens(model)));
  }

  private static void checkTokens(String model) {
    PairBatch batch = batch("dpo-batch.safetensors", "");
    try (Transformer transformer = Transformer.load(FOLDER.resolve("model").resolve(model));
        SafeTensors file = SafeTensors.open(FOLDER.resolve("dpo-batch.safetensors"));
        Scope _ = Scope.open()) {
      float[] recorded = file.entry(model + "_token_logps").floats();
      List<Float> counted = new ArrayList<>();
      for (float one : recorded) {
        if (one != 0) {
          counted.add(one);
        }
      }
      float[] ours =
          ReplyScores.tokens(
                  transformer, transformer.hidden(LanguageModeling.input(batch.tokens())), batch)
              .floats();
      assertThat(ours).hasSize(counted.size());
      for (int i = 0; i < ours.length; i++) {
        assertThat((double) ours[i])
            .isCloseTo(counted.get(i), within(1e-4 * Math.abs(counted.get(i))));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> theRecordedRunIsRunAgain() {
    JsonNode training = recorded().get("training");
    return Stream.of(
        DynamicTest.dynamicTest(
            training.get("loss_type").asString(), () -> checkTraining(training)));
  }

  private static void checkTraining(JsonNode training) {
    PreferenceLoss loss = new PreferenceLoss(training.get("beta").asDouble(), 0, 0);
    try (Transformer policy = Transformer.load(FOLDER.resolve("model/policy"));
        Transformer start = Transformer.load(FOLDER.resolve("model/reference"));
        ReferenceRun run = new ReferenceRun(policy, training)) {
      for (JsonNode step : training.get("steps")) {
        PairBatch batch =
            batch("dpo-batches.safetensors", "step.%d.".formatted(step.get("step").asInt()));
        run.step(
            step,
            () -> {
              Tensor value = value(loss, policy, start, batch).loss();
              value.backward();
              return value.item();
            });
      }
      run.checkFinal(FOLDER.resolve("dpo-final.safetensors"));
    }
  }

  static PreferenceLoss.Value value(
      PreferenceLoss loss, Transformer policy, Transformer start, PairBatch batch) {
    return loss.value(
        ReplyScores.of(policy, batch), ReplyScores.of(start, batch).detach(), batch.chosenTokens());
  }

  /** The recorded rows as pairs: all chosen ones, then all rejected ones. */
  private static PairBatch batch(String file, String prefix) {
    try (SafeTensors tensors = SafeTensors.open(FOLDER.resolve(file))) {
      SafeTensors.Entry ids = tensors.entry(prefix + "input_ids");
      int rows = Math.toIntExact(ids.shape()[0]);
      int length = Math.toIntExact(ids.shape()[1]);
      long[] attended = tensors.entry(prefix + "attention_mask").longs();
      long[] counted = tensors.entry(prefix + "completion_mask").longs();
      List<Sequence> sequences = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        List<Integer> places = new ArrayList<>();
        for (int i = row * length; i < (row + 1) * length; i++) {
          if (attended[i] != 0) {
            places.add(i);
          }
        }
        int[] own = new int[places.size()];
        boolean[] mask = new boolean[places.size()];
        for (int i = 0; i < own.length; i++) {
          own[i] = (int) ids.longs()[places.get(i)];
          mask[i] = counted[places.get(i)] != 0;
        }
        sequences.add(new Sequence(own, mask));
      }
      List<Pairs.Pair> pairs = new ArrayList<>();
      for (int i = 0; i < rows / 2; i++) {
        pairs.add(new Pairs.Pair("" + i, sequences.get(i), sequences.get(rows / 2 + i)));
      }
      return PairBatch.of(pairs, 2 * length);
    }
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }

  private static JsonNode recorded() {
    return JsonMapper.shared().readTree(FOLDER.resolve("dpo.json"));
  }
}
