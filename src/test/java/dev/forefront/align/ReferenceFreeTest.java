package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.PreferenceSettings;
import dev.forefront.train.PreferenceSettings.Loss;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** ORPO, CPO and SimPO against the recorded losses; nobody asks a start model. */
class ReferenceFreeTest {

  @TestFactory
  Stream<DynamicTest> everyVariantHasItsRecordedLossGradientAndMetrics() {
    return variants()
        .valueStream()
        .map(
            variant ->
                DynamicTest.dynamicTest(settings(variant).toString(), () -> checkVariant(variant)));
  }

  private static void checkVariant(JsonNode variant) {
    PreferenceLoss loss = PreferenceLoss.of(settings(variant));
    ReplyBatch batch = batch(variant.get("batch").asString(), "");
    try (Transformer policy = Recorded.model("policy");
        Scope _ = Scope.open()) {
      PreferenceLoss.Value value = value(loss, policy, batch);
      value.loss().backward();
      Recorded.checkLossAndGradient(variant, value.loss().item(), policy);
      Recorded.checkMetrics(variant.get("metrics"), value.figures());
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRecordedRunIsRunAgain() {
    return Stream.of(Loss.ORPO, Loss.SIMPO)
        .map(loss -> DynamicTest.dynamicTest(loss.toString(), () -> checkRun(loss)));
  }

  private static void checkRun(Loss kind) {
    JsonNode training = Recorded.json("reference-free.json").get("training").get(kind.toString());
    PreferenceLoss loss =
        PreferenceLoss.of(
            new PreferenceSettings(
                kind,
                training.get("beta").asDouble(),
                training.path("simpo_gamma").asDouble(0),
                0,
                training.path("cpo_alpha").asDouble(1)));
    try (Transformer policy = Recorded.model("policy")) {
      Recorded.checkRun(
          training,
          policy,
          kind + "-final.safetensors",
          step -> {
            String prefix = "step.%d.".formatted(step.get("step").asInt());
            ReplyBatch batch = batch(kind + "-batches.safetensors", prefix);
            return Recorded.update(() -> value(loss, policy, batch));
          });
    }
  }

  @Test
  void everyLossWithoutAStartModelIsRecorded() {
    assertThat(variants().valueStream().map(variant -> settings(variant).loss()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Loss.values())
                .filter(loss -> !loss.readsStart() && loss != Loss.REWARD)
                .toList());
  }

  private static PreferenceSettings settings(JsonNode variant) {
    Loss loss =
        switch (variant.get("method").asString() + variant.path("loss_type").asString("")) {
          case "orpo" -> Loss.ORPO;
          case "cposimpo" -> Loss.SIMPO;
          case "cposigmoid" -> Loss.CPO;
          case "cpohinge" -> Loss.CPO_HINGE;
          case "cpoipo" -> Loss.CPO_IPO;
          default -> throw new AssertionError("a variant that nobody knows: " + variant);
        };
    return new PreferenceSettings(
        loss,
        variant.get("beta").asDouble(),
        variant.path("simpo_gamma").asDouble(0),
        variant.path("label_smoothing").asDouble(0),
        variant.path("cpo_alpha").asDouble(1));
  }

  private static PreferenceLoss.Value value(
      PreferenceLoss loss, Transformer policy, ReplyBatch batch) {
    return PreferenceObjective.value(
        loss,
        policy,
        policy.hidden(LanguageModeling.input(batch.tokens())),
        batch,
        () -> {
          throw new AssertionError("nobody may ask the start model");
        });
  }

  private static ReplyBatch batch(String file, String prefix) {
    try (SafeTensors tensors = SafeTensors.open(Recorded.FOLDER.resolve(file))) {
      List<Sequence> chosen = Recorded.labelled(tensors, prefix + "chosen_");
      return Recorded.pairs(chosen, Recorded.labelled(tensors, prefix + "rejected_"));
    }
  }

  private static JsonNode variants() {
    return Recorded.json("reference-free.json").get("one_batch");
  }
}
