package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.PreferenceSettings.Loss;
import dev.forefront.train.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** DPO and its kin against the recorded losses. */
class PreferenceReferenceTest {

  /** Recorded variants that no recipe can ask for, and why. */
  private static final Map<String, String> NOT_OFFERED =
      Map.of(
          "bco_pair", "its running mean of rewards would be lost with an interruption",
          "sigmoid+bco_pair+sft", "holds bco_pair; sigmoid with sft is supervised_weight",
          "sigmoid ld_alpha", "a key of its own for lengths, which sigmoid_norm answers too",
          "sigmoid use_weighting", "its weights need the sums of all squared probabilities",
          "sigmoid forward_kl", "exp of a log-ratio of whole replies: the recorded norm says it",
          "sigmoid js_divergence", "a key of its own for the kind of divergence",
          "sigmoid alpha_divergence", "likewise, a second key for alpha, and an exp of log-ratios");

  private static final Set<String> SETTINGS =
      Set.of("loss_type", "beta", "label_smoothing", "loss", "grad_norm", "metrics");

  @TestFactory
  Stream<DynamicTest> everyVariantHasItsRecordedLossGradientAndMetrics() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode variant : variants()) {
      if (!NOT_OFFERED.containsKey(name(variant))) {
        tests.add(
            DynamicTest.dynamicTest(
                "%d %s beta %s".formatted(tests.size(), name(variant), variant.get("beta")),
                () -> checkVariant(variant)));
      }
    }
    assertThat(tests).hasSize(16);
    return tests.stream();
  }

  private static void checkVariant(JsonNode variant) {
    ReplyBatch batch = batch("dpo-batch.safetensors", "");
    boolean likelihood = name(variant).equals("sft");
    PreferenceLoss loss = loss(variant, 0);
    try (Transformer policy = Recorded.model("policy");
        Transformer start = Recorded.model("reference");
        Scope _ = Scope.open()) {
      PreferenceLoss.Value value = Recorded.value(loss, policy, start, batch);
      Tensor alone =
          likelihood
              ? Recorded.value(loss(variant, 1), policy, start, batch).loss().minus(value.loss())
              : value.loss();
      alone.backward();
      Recorded.checkLossAndGradient(variant, alone.item(), policy);
      Recorded.checkMetrics(variant.get("metrics"), value.figures());
    }
  }

  /** The likelihood alone is no loss here, but a part of one. */
  private static PreferenceLoss loss(JsonNode variant, double supervisedWeight) {
    Loss kind =
        name(variant).equals("sft")
            ? Loss.SIGMOID
            : Arrays.stream(Loss.values())
                .filter(one -> one.toString().equals(name(variant)))
                .findFirst()
                .orElseThrow();
    return PreferenceLoss.of(
        new PreferenceSettings(
            kind,
            variant.get("beta").asDouble(),
            0,
            variant.path("label_smoothing").asDouble(0),
            supervisedWeight));
  }

  @Test
  void theVariantsThatAreNotOfferedAreTheNamedOnesAlone() {
    assertThat(variants().valueStream().map(PreferenceReferenceTest::name))
        .containsAll(NOT_OFFERED.keySet());
    assertThatThrownBy(() -> Recipe.parse("preference: {loss: bco_pair}", "bco"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("its running mean of rewards would be lost");
  }

  @Test
  void everyLossAgainstTheStartModelIsRecorded() {
    List<String> recorded =
        variants().valueStream().map(PreferenceReferenceTest::name).distinct().toList();
    assertThat(
            Arrays.stream(Loss.values())
                .filter(loss -> loss.isOfPairs() && loss.readsStart())
                .map(Loss::toString))
        .isSubsetOf(recorded);
  }

  /** Kinds, and what settings it has that no loss here has. */
  private static String name(JsonNode variant) {
    String kinds =
        variant
            .get("loss_type")
            .valueStream()
            .map(JsonNode::asString)
            .collect(Collectors.joining("+"));
    if (variant.has("f_divergence_type")) {
      return kinds + " " + variant.get("f_divergence_type").asString();
    }
    return variant
        .propertyStream()
        .map(Map.Entry::getKey)
        .filter(key -> !SETTINGS.contains(key) && !key.equals("loss_weights"))
        .findFirst()
        .map(key -> kinds + " " + key)
        .orElse(kinds);
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
    PreferenceLoss loss =
        PreferenceLoss.of(
            new PreferenceSettings(
                recorded.get("beta").asDouble(), recorded.get("label_smoothing").asDouble(), 0));
    double sum = 0;
    for (JsonNode one : recorded.get("per_pair")) {
      sum += one.asDouble();
    }
    try (Scope _ = Scope.open()) {
      Tensor policy = Tensor.of(floats(batch.get("policy_logps")), 2L * pairs);
      Tensor start = Tensor.of(floats(batch.get("reference_logps")), 2L * pairs);
      double value =
          ((StartLoss) loss).value(new Replies(policy, new int[2 * pairs]), start).loss().item();
      assertThat(value).isCloseTo(sum / pairs, within(1e-4 * sum / pairs));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedTokenHasItsLogProbability() {
    return Stream.of("policy", "reference")
        .map(model -> DynamicTest.dynamicTest(model, () -> checkTokens(model)));
  }

  private static void checkTokens(String model) {
    ReplyBatch batch = batch("dpo-batch.safetensors", "");
    try (Transformer transformer = Recorded.model(model);
        SafeTensors file = SafeTensors.open(Recorded.FOLDER.resolve("dpo-batch.safetensors"));
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

  @Test
  void theRecordedRunIsRunAgain() {
    JsonNode training = recorded().get("training");
    assertThat(training.get("loss_type").asString()).isEqualTo("sigmoid");
    PreferenceLoss loss =
        PreferenceLoss.of(new PreferenceSettings(training.get("beta").asDouble(), 0, 0));
    try (Transformer policy = Recorded.model("policy");
        Transformer start = Recorded.model("reference")) {
      Recorded.checkRun(
          training,
          policy,
          "dpo-final.safetensors",
          step -> {
            String prefix = "step.%d.".formatted(step.get("step").asInt());
            ReplyBatch batch = batch("dpo-batches.safetensors", prefix);
            return Recorded.update(() -> Recorded.value(loss, policy, start, batch));
          });
    }
  }

  /** The recorded rows as pairs: all chosen ones, then all rejected ones. */
  private static ReplyBatch batch(String file, String prefix) {
    Path path = Recorded.FOLDER.resolve(file);
    try (SafeTensors tensors = SafeTensors.open(path)) {
      List<Sequence> rows = Recorded.masked(tensors, prefix);
      int pairs = rows.size() / 2;
      return Recorded.pairs(rows.subList(0, pairs), rows.subList(pairs, 2 * pairs));
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
    return Recorded.json("dpo.json");
  }

  private static JsonNode variants() {
    return recorded().at("/one_batch/variants");
  }
}
