package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.train.LanguageModeling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Reward models against the recorded rewards and losses. */
class RewardReferenceTest {

  @TestFactory
  Stream<DynamicTest> everyVariantHasItsRecordedRewardsLossGradientAndMetrics() {
    return recorded()
        .get("one_batch")
        .valueStream()
        .map(
            variant ->
                DynamicTest.dynamicTest(
                    variant.get("name").asString(), () -> checkVariant(variant)));
  }

  private static void checkVariant(JsonNode variant) {
    String file = "reward-%s-batch.safetensors".formatted(variant.get("name").asString());
    RewardLoss loss = new RewardLoss(variant.path("center_rewards_coefficient").asDouble(0));
    try (Transformer model = Transformer.loadReward(Recorded.FOLDER.resolve("model/reward"));
        SafeTensors tensors = SafeTensors.open(Recorded.FOLDER.resolve(file));
        Scope _ = Scope.open()) {
      ReplyBatch batch = batch(tensors, "");
      Tensor rewards = rewards(model, batch);
      float[] expected = tensors.entry("rewards").floats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(rewards.detach().floats()[i])
            .isCloseTo(expected[i], within(1e-5f + 1e-4f * Math.abs(expected[i])));
      }
      float[] margins =
          variant.get("name").asString().equals("margin")
              ? tensors.entry("margin").floats()
              : new float[batch.examples()];
      RewardLoss.Value value = loss.value(rewards, margins);
      value.loss().backward();
      Recorded.checkLossAndGradient(variant, value.loss().item(), model);
      Recorded.checkMetrics(variant.get("metrics"), value.figures());
    }
  }

  @Test
  void theRecordedRunIsRunAgain() {
    JsonNode training = recorded().get("training");
    RewardLoss loss = new RewardLoss(0);
    try (Transformer model = Transformer.loadReward(Recorded.FOLDER.resolve("model/reward"))) {
      Recorded.checkRun(
          training,
          model,
          "reward-final.safetensors",
          step -> {
            String prefix = "step.%d.".formatted(step.get("step").asInt());
            return () -> update(model, loss, prefix);
          });
    }
  }

  private static Recorded.Step update(Transformer model, RewardLoss loss, String prefix) {
    try (SafeTensors tensors =
        SafeTensors.open(Recorded.FOLDER.resolve("reward-batches.safetensors"))) {
      ReplyBatch batch = batch(tensors, prefix);
      RewardLoss.Value value = loss.value(rewards(model, batch), new float[batch.examples()]);
      value.loss().backward();
      return new Recorded.Step(value.loss().item(), value.figures());
    }
  }

  private static Tensor rewards(Transformer model, ReplyBatch batch) {
    return Rewards.of(model, model.hidden(LanguageModeling.input(batch.tokens())), batch);
  }

  /** The recorded rows as pairs; the reward stands at each row's last token. */
  private static ReplyBatch batch(SafeTensors tensors, String prefix) {
    int[] shape =
        Arrays.stream(tensors.entry(prefix + "input_ids").shape()).mapToInt(i -> (int) i).toArray();
    long[] ids = tensors.entry(prefix + "input_ids").longs();
    long[] attended = tensors.entry(prefix + "attention_mask").longs();
    List<Sequence> rows = new ArrayList<>();
    for (int row = 0; row < shape[0]; row++) {
      int from = row * shape[1];
      int length = 0;
      while (length < shape[1] && attended[from + length] != 0) {
        length++;
      }
      int[] own = new int[length];
      Arrays.setAll(own, i -> (int) ids[from + i]);
      boolean[] last = new boolean[length];
      last[length - 1] = true;
      rows.add(new Sequence(own, last));
    }
    List<Pairs.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < rows.size() / 2; i++) {
      pairs.add(new Pairs.Pair("" + i, rows.get(i), rows.get(rows.size() / 2 + i), 0));
    }
    return Rewards.batch(pairs, 80);
  }

  private static JsonNode recorded() {
    return Recorded.json("reward.json");
  }
}
