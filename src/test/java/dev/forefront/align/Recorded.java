package dev.forefront.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.train.LanguageModeling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Batches, losses and runs that TRL recorded. */
final class Recorded {
  static final Path FOLDER =
      Path.of(System.getProperty("forefront.reference")).resolve("alignment");

  /** Means over all logits: a second pass over the vocabulary for figures that say little. */
  private static final Set<String> NOT_KEPT =
      Set.of("entropy", "logits/chosen", "logits/rejected", "mean_token_accuracy");

  private static final Set<String> NO_METRICS =
      Set.of("step", "loss", "grad_norm", "learning_rate");

  /** Figures of some losses alone. */
  private static final Set<String> OF_SOME = Set.of("nll_loss", "kl");

  /** Two of the recorded rows fit. */
  private static final int ROW = 80;

  private Recorded() {}

  static JsonNode json(String file) {
    return JsonMapper.shared().readTree(FOLDER.resolve(file));
  }

  static Transformer model(String name) {
    return Transformer.load(FOLDER.resolve("model").resolve(name));
  }

  /**
   * Rows whose replies are masked.
   *
   * @param prefix of the tensors' names
   */
  static List<Sequence> masked(SafeTensors file, String prefix) {
    return sequences(file, prefix, file.entry(prefix + "completion_mask").longs());
  }

  /** Rows with labels, of which -100 does not count. */
  static List<Sequence> labelled(SafeTensors file, String prefix) {
    long[] counted = file.entry(prefix + "labels").longs();
    for (int i = 0; i < counted.length; i++) {
      counted[i] = counted[i] == -100 ? 0 : 1;
    }
    return sequences(file, prefix, counted);
  }

  private static List<Sequence> sequences(SafeTensors file, String prefix, long[] counted) {
    SafeTensors.Entry ids = file.entry(prefix + "input_ids");
    int length = Math.toIntExact(ids.shape()[1]);
    long[] attended = file.entry(prefix + "attention_mask").longs();
    List<Sequence> sequences = new ArrayList<>();
    for (int row = 0; row < ids.shape()[0]; row++) {
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
    return sequences;
  }

  static ReplyBatch pairs(List<Sequence> chosen, List<Sequence> rejected) {
    List<Pairs.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      pairs.add(new Pairs.Pair("" + i, chosen.get(i), rejected.get(i), 0));
    }
    return ReplyBatch.of(pairs, ROW);
  }

  static PreferenceLoss.Value value(
      PreferenceLoss loss, Transformer policy, Transformer start, ReplyBatch batch) {
    return PreferenceObjective.value(
        loss,
        policy,
        policy.hidden(LanguageModeling.input(batch.tokens())),
        batch,
        () -> ReplyScores.of(start, batch).detach().floats());
  }

  static void checkLossAndGradient(JsonNode variant, double loss, Transformer policy) {
    assertThat(loss).isCloseTo(variant.get("loss").asDouble(), withinPercentage(0.01));
    assertThat(Gradients.norm(policy))
        .isCloseTo(variant.get("grad_norm").asDouble(), withinPercentage(0.1));
  }

  /** Every figure that is recorded and kept. */
  static void checkMetrics(JsonNode recorded, Map<String, Double> figures) {
    recorded
        .propertyStream()
        .filter(one -> !NOT_KEPT.contains(one.getKey()) && !NO_METRICS.contains(one.getKey()))
        .forEach(one -> checkMetric(one.getKey(), one.getValue().asDouble(), figures));
  }

  private static void checkMetric(String name, double recorded, Map<String, Double> figures) {
    // TRL records 0 for what is no part of the loss.
    if (OF_SOME.contains(name) && recorded == 0 && !figures.containsKey(name)) {
      return;
    }
    // Rewards are differences of sums near a hundred: float32 keeps some 1e-5 of them.
    assertThat(figures.get(name))
        .as(name)
        .isNotNull()
        .isCloseTo(recorded, within(1e-3 * Math.abs(recorded) + 2e-5));
  }

  /** One recorded update: its loss with gradients filled in, and its figures. */
  record Step(double loss, Map<String, Double> figures) {}

  /**
   * Five updates, checked one after the other.
   *
   * @param work fills the policy's gradients for a step
   */
  static void checkRun(
      JsonNode training, Transformer policy, String last, Function<JsonNode, Supplier<Step>> work) {
    try (ReferenceRun run = new ReferenceRun(policy, training)) {
      for (JsonNode step : training.get("steps")) {
        Supplier<Step> update = work.apply(step);
        run.step(
            step,
            () -> {
              Step done = update.get();
              checkMetrics(step, done.figures());
              return done.loss();
            });
      }
      if (Files.exists(FOLDER.resolve(last))) { // not recorded for all
        run.checkFinal(FOLDER.resolve(last));
      }
    }
  }

  /** Fills the gradients of a loss of pairs. */
  static Supplier<Step> update(Supplier<PreferenceLoss.Value> loss) {
    return () -> {
      PreferenceLoss.Value value = loss.get();
      value.loss().backward();
      return new Step(value.loss().item(), value.figures());
    };
  }
}
