package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.Adapter;
import dev.forefront.model.AdapterConfig;
import dev.forefront.model.ModelWeights;
import dev.forefront.model.Recall;
import dev.forefront.model.ReferenceModels;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Training of a low-rank adapter, against what PEFT recorded under reference/lora/training. */
class AdapterTrainingTest {
  private static final Path RECORDED = ReferenceModels.reference("lora").resolve("training");

  @TempDir private Path folder;

  private static JsonNode recorded() throws IOException {
    return Reference.json(RECORDED.resolve("steps.json"));
  }

  private static Path base() throws IOException {
    return RECORDED.resolve(recorded().path("base").asString()).normalize();
  }

  private static Transformer beginning() {
    try {
      return Transformer.adapting(base(), Adapter.open(RECORDED.resolve("start")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LanguageModeling objective(SafeTensors batches) {
    int[][] all = Reference.rows(batches.entry("input_ids"));
    int rows = (int) batches.entry("input_ids").shape()[1];
    return new LanguageModeling(
        step -> {
          int[][] ids = new int[rows][];
          System.arraycopy(all, step * rows, ids, 0, rows);
          return List.of(Reference.batch(ids, ids));
        });
  }

  private static Trainer.Settings settings() throws IOException {
    JsonNode o = recorded().path("optimizer");
    Recipe.Optimizer optimizer =
        new Recipe.Optimizer(
            o.path("lr").asDouble(),
            o.path("betas").get(0).asDouble(),
            o.path("betas").get(1).asDouble(),
            o.path("eps").asDouble(),
            o.path("weight_decay").asDouble());
    return new Trainer.Settings(
        recorded().path("steps").size(),
        optimizer,
        new Schedule.Constant(optimizer.rate(), 0),
        o.path("clip_grad_norm").asDouble(),
        2,
        Recipe.Care.USUAL);
  }

  private Path train(String run, Recall recall, Trainer.Listener listener) throws IOException {
    try (SafeTensors batches = SafeTensors.open(RECORDED.resolve("batches.safetensors"))) {
      return new Trainer(folder.resolve(run), settings(), Map.of("run", "adapter"))
          .run(
              AdapterTrainingTest::beginning,
              objective(batches).recalling(recall),
              base(),
              listener);
    }
  }

  @Test
  void followsTheRecordedRunAndLeavesTheBaseAlone() throws IOException {
    List<Trainer.Update> updates = new ArrayList<>();
    Path model = train("run", Recall.KEEP, updates::add);

    JsonNode steps = recorded().path("steps");
    assertThat(updates).hasSize(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      double loss = steps.get(i).path("loss").asDouble();
      double norm = steps.get(i).path("grad_norm").asDouble();
      assertThat(updates.get(i).loss()).isCloseTo(loss, within(1e-4 * loss));
      assertThat(updates.get(i).gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
    }
    Adapter own = Adapter.open(folder.resolve("run/adapter"));
    Adapter theirs = Adapter.open(RECORDED.resolve("final"));
    assertThat(own.pairs().keySet()).isEqualTo(theirs.pairs().keySet());
    theirs
        .pairs()
        .forEach(
            (name, pair) -> {
              Adapter.Pair ours = Objects.requireNonNull(own.pairs().get(name));
              Reference.assertClose(ours.a(), pair.a(), 1e-3);
              Reference.assertClose(ours.b(), pair.b(), 1e-3);
            });
    assertThat(own.config().scaling()).isEqualTo(theirs.config().scaling());
    assertMerged(model, own);
  }

  /** The result is what importing the base with the adapter gives. */
  private static void assertMerged(Path model, Adapter adapter) throws IOException {
    try (ModelWeights result = ModelWeights.open(model);
        ModelWeights expected = ModelWeights.open(base()).with(adapter)) {
      result
          .names()
          .inOrder()
          .forEach(
              parts ->
                  parts.forEach(
                      part ->
                          assertThat(result.floats(part))
                              .as(part.name())
                              .isEqualTo(expected.floats(part))));
    }
  }

  @Test
  void checkpointsHoldTheAdapterAloneAndGoOnToTheSameBytes() throws IOException {
    Path unbroken = train("unbroken", Recall.KEEP, Trainer.Listener.SILENT);
    List<Integer> seen = new ArrayList<>();
    Trainer.Listener stopping =
        new Trainer.Listener() {
          @Override
          public void updated(Trainer.Update update) {
            seen.add(update.step());
          }

          @Override
          public boolean stopWanted() {
            return seen.contains(2);
          }
        };
    assertThatThrownBy(() -> train("broken", Recall.KEEP, stopping))
        .isInstanceOf(CancellationException.class);
    assertThat(folder.resolve("broken/checkpoints/step-000003"))
        .isDirectoryContaining("glob:**adapter_model.safetensors")
        .isDirectoryNotContaining("glob:**/model.safetensors");

    Path resumed = train("broken", Recall.KEEP, Trainer.Listener.SILENT);
    for (String file : List.of("model.safetensors", "../adapter/adapter_model.safetensors")) {
      assertThat(Sha256.hex(resumed.resolve(file))).isEqualTo(Sha256.hex(unbroken.resolve(file)));
    }
  }

  @Test
  void blocksThatAreComputedAgainGiveTheSameAdapter() throws IOException {
    Path kept = train("kept", Recall.KEEP, Trainer.Listener.SILENT);
    Path again = train("again", Recall.RECOMPUTE, Trainer.Listener.SILENT);
    String file = "../adapter/adapter_model.safetensors";
    assertThat(Sha256.hex(again.resolve(file))).isEqualTo(Sha256.hex(kept.resolve(file)));
  }

  @Test
  void oneThatBeginsChangesNothingAndTrainsItsTargetsAlone() throws IOException {
    AdapterConfig config = new AdapterConfig(2, 4, false, List.of("q_proj", "down_proj"), "");
    int[][] ids = {{1, 2, 3, 4, 5}};
    TokenBatch batch = Reference.batch(ids, ids);
    LanguageModeling objective = new LanguageModeling(_ -> List.of(batch));
    Adapter beginning;
    try (ModelWeights weights = ModelWeights.open(base())) {
      beginning = Adapter.beginning(config, weights.config(), 3);
    }
    try (Transformer plain = Transformer.load(base());
        Transformer adapted = Transformer.adapting(base(), beginning)) {
      assertThat(objective.gradients(adapted, 0).loss())
          .isEqualTo(objective.gradients(plain, 0).loss());
      assertThat(adapted.parameters())
          .hasSize(4 * adapted.config().layers())
          .allMatch(one -> one.name().matches(".*(q_proj|down_proj)\\.lora_[AB]\\.weight"))
          .allMatch(one -> one.tensor().hasGradient());
    }
  }

  @Test
  void targetsThatTheModelDoesNotHaveAreNamed() throws IOException {
    AdapterConfig config = new AdapterConfig(2, 4, false, List.of("qkv_proj"), "");
    try (ModelWeights weights = ModelWeights.open(base())) {
      assertThatThrownBy(() -> Adapter.beginning(config, weights.config(), 3))
          .isInstanceOf(BadInputException.class)
          .hasMessage(
              "the model has no matrix named qkv_proj inside its blocks, but down_proj, gate_proj,"
                  + " k_proj, o_proj, q_proj, up_proj, v_proj");
    }
    assertThat(Files.exists(folder.resolve("run"))).isFalse();
  }
}
