package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
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

/** Every recorded AdamW run under reference/training, step by step. */
class TrainingReferenceTest {
  @TempDir private Path folder;

  @TestFactory
  List<DynamicTest> followsEveryRecordedRun() throws IOException {
    try (Stream<Path> runs = Files.list(Reference.training())) {
      List<DynamicTest> tests = new ArrayList<>();
      for (Path run : runs.sorted().toList()) {
        Path steps = run.resolve("steps.json");
        // Other optimizers are recorded too; this trainer has AdamW.
        if (Files.exists(steps)
            && Reference.json(steps).path("optimizer").path("name").asString("").equals("AdamW")) {
          tests.add(DynamicTest.dynamicTest(run.getFileName().toString(), () -> follow(run)));
        }
      }
      assertThat(tests).isNotEmpty();
      return tests;
    }
  }

  private void follow(Path run) throws IOException {
    JsonNode recorded = Reference.json(run.resolve("steps.json"));
    List<Trainer.Update> updates = new ArrayList<>();
    Path result;
    try (SafeTensors batches = SafeTensors.open(run.resolve("batches.safetensors"))) {
      result =
          new Trainer(folder.resolve(run.getFileName()), settings(recorded), Map.of())
              .run(
                  () -> Transformer.load(Reference.training().resolve("init")),
                  new LanguageModeling(step -> micro(batches, step)),
                  folder,
                  updates::add);
    }
    JsonNode steps = recorded.path("steps");
    assertThat(updates).hasSize(steps.size());
    for (int i = 0; i < updates.size(); i++) {
      JsonNode step = steps.get(i);
      assertThat(updates.get(i).rate()).isCloseTo(step.path("lr").asDouble(), within(1e-12));
      close("loss", i, updates.get(i).loss(), step.path("loss").asDouble());
      close("gradient norm", i, updates.get(i).gradientNorm(), step.path("grad_norm").asDouble());
    }
    try (SafeTensors weights = SafeTensors.open(result);
        SafeTensors expected = SafeTensors.open(run.resolve("final.safetensors"))) {
      for (SafeTensors.Entry entry : expected.entries().values()) {
        Reference.assertClose(weights.entry(entry.name()).floats(), entry, 1e-3);
      }
    }
  }

  private static void close(String what, int step, double actual, double expected) {
    assertThat(actual).as(what + " at step " + step).isCloseTo(expected, within(1e-4 * expected));
  }

  private static Trainer.Settings settings(JsonNode recorded) {
    JsonNode optimizer = recorded.path("optimizer");
    JsonNode schedule = recorded.path("schedule");
    int steps = schedule.path("total_steps").asInt();
    return new Trainer.Settings(
        steps,
        new Recipe.Optimizer(
            optimizer.path("max_lr").asDouble(),
            optimizer.path("betas").get(0).asDouble(),
            optimizer.path("betas").get(1).asDouble(),
            optimizer.path("eps").asDouble(),
            optimizer.path("weight_decay").asDouble()),
        new Schedule.Cosine(
            optimizer.path("max_lr").asDouble(), schedule.path("warmup_steps").asInt(), steps, 0),
        optimizer.path("clip_grad_norm").asDouble(),
        steps);
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
