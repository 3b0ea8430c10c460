package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.MuonKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every recorded run under reference/training, step by step. */
class TrainingReferenceTest {
  @TempDir private Path folder;

  /**
   * What a run must come up to.
   *
   * @param loss relative, at each step
   * @param weights largest difference over largest weight
   */
  private record Recorded(
      Path run, JsonNode json, String steps, String end, double loss, double weights) {}

  @TestFactory
  List<DynamicTest> followsEveryRecordedRun() throws IOException {
    try (Stream<Path> runs = Files.list(Reference.training())) {
      List<DynamicTest> tests = new ArrayList<>();
      for (Path run : runs.sorted().toList()) {
        if (Files.exists(run.resolve("steps.json"))) {
          for (Recorded recorded : recorded(run)) {
            String name = run.getFileName() + " " + recorded.steps();
            tests.add(DynamicTest.dynamicTest(name, () -> follow(recorded)));
          }
        }
      }
      assertThat(tests).isNotEmpty();
      return tests;
    }
  }

  private static List<Recorded> recorded(Path run) throws IOException {
    JsonNode json = Reference.json(run.resolve("steps.json"));
    return switch (json.path("optimizer").path("name").asString()) {
      case "AdamW" -> List.of(new Recorded(run, json, "steps", "final", 1e-4, 1e-3));
      case "Muon" ->
          List.of(
              new Recorded(run, json, "steps", "final", 1e-2, 5e-2),
              new Recorded(
                  run, json, "steps_float32_iteration", "final-float32-iteration", 1e-4, 1e-3));
      case String other -> throw new AssertionError("an optimizer that is new here: " + other);
    };
  }

  private void follow(Recorded recorded) throws IOException {
    Path run = recorded.run();
    Path own = folder.resolve(run.getFileName() + recorded.steps());
    List<Trainer.Update> updates = new ArrayList<>();
    Path result;
    try (SafeTensors batches = SafeTensors.open(run.resolve("batches.safetensors"))) {
      result =
          new Trainer(own, settings(recorded), Map.of())
              .run(
                  () -> Transformer.load(Reference.training().resolve("init")),
                  new LanguageModeling(step -> micro(batches, step)),
                  folder,
                  updates::add);
    }
    JsonNode steps = recorded.json().path(recorded.steps());
    assertThat(updates).hasSize(steps.size());
    for (int i = 0; i < updates.size(); i++) {
      JsonNode step = steps.get(i);
      JsonNode rate = step.has("adamw_lr") ? step.path("adamw_lr") : step.path("lr");
      assertThat(updates.get(i).rate()).isCloseTo(rate.asDouble(), within(1e-12));
      Trainer.Update update = updates.get(i);
      close("loss", i, update.loss(), step.path("loss").asDouble(), recorded.loss());
      close("norm", i, update.gradientNorm(), step.path("grad_norm").asDouble(), recorded.loss());
      if (step.has("wrong_mean_of_means")) {
        assertThat(Math.abs(update.loss() - step.path("wrong_mean_of_means").asDouble()))
            .as("not the mean of the micro-batches' means")
            .isGreaterThan(3e-4 * update.loss());
      }
    }
    Path end = run.resolve(recorded.end() + ".safetensors");
    assertWeights(result, end, recorded.weights());
    Path checkpoint = own.resolve("checkpoints/step-%06d".formatted(steps.size()));
    assertState(checkpoint.resolve("optimizer.safetensors"), end, recorded.weights());
    assertState(
        checkpoint.resolve("optimizer.safetensors"), run.resolve("optimizer.safetensors"), 1e-3);
  }

  private static void assertWeights(Path result, Path end, double tolerance) {
    try (SafeTensors weights = SafeTensors.open(result);
        SafeTensors expected = SafeTensors.open(end)) {
      for (SafeTensors.Entry entry : expected.entries().values()) {
        if (!entry.name().startsWith("momentum.")) {
          Reference.assertClose(weights.entry(entry.name()).floats(), entry, tolerance);
        }
      }
    }
  }

  /** What the optimizer remembers; ours has the parts of a joined matrix in one tensor. */
  private static void assertState(Path ours, Path theirs, double tolerance) {
    if (!Files.exists(theirs)) {
      return;
    }
    try (SafeTensors state = SafeTensors.open(ours);
        SafeTensors expected = SafeTensors.open(theirs)) {
      for (SafeTensors.Entry entry : expected.entries().values()) {
        String name = entry.name();
        if (name.startsWith("momentum.") || name.startsWith("exp_avg")) {
          List<String> joined = joined(name);
          long[] shape = entry.shape();
          int columns = shape.length > 1 ? (int) shape[1] : 1;
          int from = 0;
          for (String before : joined.subList(0, joined.indexOf(name))) {
            from += (int) expected.entry(before).shape()[0] * columns;
          }
          float[] all = state.entry(joined.getFirst()).floats();
          Reference.assertClose(
              Arrays.copyOfRange(all, from, from + (int) entry.size()), entry, tolerance);
        }
      }
    }
  }

  private static List<String> joined(String name) {
    for (List<String> parts : List.of(List.of("q", "k", "v"), List.of("gate", "up"))) {
      for (String part : parts) {
        if (name.contains("." + part + "_proj.")) {
          return parts.stream()
              .map(one -> name.replace("." + part + "_proj.", "." + one + "_proj."))
              .toList();
        }
      }
    }
    return List.of(name);
  }

  private static void close(
      String what, int step, double actual, double expected, double tolerance) {
    assertThat(actual)
        .as(what + " at step " + step)
        .isCloseTo(expected, within(tolerance * expected));
  }

  private static Trainer.Settings settings(Recorded recorded) {
    JsonNode optimizer = recorded.json().path("optimizer");
    boolean muon = optimizer.path("name").asString().equals("Muon");
    JsonNode adamW = muon ? recorded.json().path("others") : optimizer;
    JsonNode schedule = recorded.json().path("schedule");
    int steps = recorded.json().path(recorded.steps()).size();
    double rate = adamW.path(muon ? "lr" : "max_lr").asDouble();
    int warmup = schedule.path("warmup_steps").asInt();
    return new Trainer.Settings(
        steps,
        new Recipe.Optimizer(
            muon ? Recipe.Method.MUON : Recipe.Method.ADAMW,
            rate,
            adamW.path("betas").get(0).asDouble(),
            adamW.path("betas").get(1).asDouble(),
            adamW.path("eps").asDouble(),
            adamW.path("weight_decay").asDouble(),
            muon ? muon(optimizer, recorded.steps()) : Recipe.Muon.USUAL),
        muon ? new Schedule.Constant(rate, warmup) : new Schedule.Cosine(rate, warmup, steps, 0),
        optimizer.path("clip_grad_norm").asDouble(Double.POSITIVE_INFINITY),
        steps);
  }

  private static Recipe.Muon muon(JsonNode optimizer, String steps) {
    assertThat(optimizer.path("adjust_lr_fn").asString()).isEqualTo("original");
    return new Recipe.Muon(
        optimizer.path("lr").asDouble(),
        optimizer.path("momentum").asDouble(),
        optimizer.path("nesterov").asBoolean(),
        optimizer.path("weight_decay").asDouble(),
        optimizer.path("ns_steps").asInt(),
        MuonKernel.Adjust.ORIGINAL,
        steps.equals("steps") ? MuonKernel.Precision.BFLOAT16 : MuonKernel.Precision.FLOAT32);
  }

  private static List<TokenBatch> micro(SafeTensors batches, int step) {
    if (batches.entries().containsKey("input_ids")) {
      int[][] all = Reference.rows(batches.entry("input_ids"));
      int rows = (int) batches.entry("input_ids").shape()[1];
      int[][] ids = Arrays.copyOfRange(all, step * rows, (step + 1) * rows);
      return List.of(Reference.batch(ids, ids));
    }
    List<TokenBatch> micro = new ArrayList<>();
    for (int k = 0; ; k++) {
      String name = "step.%d.micro.%d.".formatted(step, k);
      if (!batches.entries().containsKey(name + "input_ids")) {
        return micro;
      }
      micro.add(
          Reference.batch(
              Reference.rows(batches.entry(name + "input_ids")),
              Reference.rows(batches.entry(name + "labels"))));
    }
  }
}
