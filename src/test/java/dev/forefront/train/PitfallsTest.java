package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.model.Transformer.Kind;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bit other trainers and has no better place among the tests. */
class PitfallsTest {
  @TempDir Path folder;

  /**
   * Ranks that clip their own gradient before the sum (nanochat, 2026-01-08) scale them apart;
   * ranks that drop what accumulated (open-instruct #1498) lose micro-batches. What the optimizer
   * remembers after one update shows the gradient it was given.
   */
  @Test
  void ranksClipTheSumAndNotTheirOwnPart() {
    double clip = 1e-3;
    float[] alone = firstMoments("alone", 1, clip);
    float[] together = firstMoments("together", 2, clip);
    assertThat(norm(together))
        .as("a tenth of the clipped gradient of all")
        .isCloseTo(0.1 * clip, within(1e-4 * clip));
    assertThat(together).containsExactly(alone, within((float) (1e-6 * clip)));
    assertThat(ownNorm(0)).as("each part alone would have been clipped").isGreaterThan(2 * clip);
    assertThat(ownNorm(1)).isGreaterThan(2 * clip);
    assertThat(Math.abs(Math.log(ownNorm(1) / ownNorm(0))))
        .as("and by another factor")
        .isGreaterThan(0.1);
  }

  /**
   * Gradients that were added up before a save are lost by others (transformers #22143), or the
   * groups of micro-batches begin elsewhere afterwards (gpt-neox #308). A checkpoint lies between
   * two updates here.
   */
  @Test
  void aRunOfMicroBatchesGoesOnToTheSameBytes() {
    Path straight = inMicroBatches("straight", update -> {});
    assertThatThrownBy(
            () ->
                inMicroBatches(
                    "broken",
                    update -> {
                      if (update.step() == 7) {
                        throw new IllegalStateException("stopped on purpose");
                      }
                    }))
        .hasMessage("stopped on purpose");
    List<Integer> steps = new ArrayList<>();
    Path resumed = inMicroBatches("broken", update -> steps.add(update.step()));
    assertThat(steps).startsWith(6).endsWith(11);
    assertThat(resumed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
  }

  private Path inMicroBatches(String name, Trainer.Listener listener) {
    return new Trainer(folder.resolve(name), TinyRun.settings(Recipe.Care.USUAL, 12), Map.of())
        .run(
            TinyRun::model,
            new LanguageModeling(TinyRun::batch, 1, Recipe.Loss.PLAIN),
            folder,
            listener);
  }

  /** The last checkpoint is written twice or not at all elsewhere (OLMo-core v2.1.0). */
  @ParameterizedTest
  @CsvSource({"12, step-000005 step-000010 step-000012", "10, step-000005 step-000010"})
  void theLastUpdateIsSavedOnceWhereverItFalls(int steps, String expected) throws IOException {
    Trainer.Settings settings =
        new Trainer.Settings(
            steps,
            new Recipe.Optimizer(1e-3, 0.9, 0.95, 1e-8, 0),
            new Schedule.Constant(1e-3, 0),
            1,
            5,
            new Recipe.Care(9, false, 0, List.of()));
    TinyRun.run(new Trainer(folder.resolve("run"), settings, Map.of()));
    try (Stream<Path> all = Files.list(folder.resolve("run/checkpoints"))) {
      assertThat(all.map(path -> path.getFileName().toString()).sorted())
          .containsExactly(expected.split(" "));
    }
  }

  /**
   * Tying that breaks gradients or export (torchtitan #3764, #3174): the table that is embedding
   * and head learns from both, and is written once.
   */
  @Test
  void aTableThatIsEmbeddingAndHeadLearnsFromBoth() {
    try (Transformer tied = TinyRun.model()) {
      Path model = folder.resolve("tied");
      tied.write(model);
      Path apart = folder.resolve("apart");
      separate(model, apart);
      try (Transformer untied = Transformer.load(apart);
          Transformer again = Transformer.load(model);
          Scope _ = Scope.open()) {
        for (Transformer one : List.of(tied, untied, again)) {
          new LanguageModeling(step -> List.of(TinyRun.batch(step))).gradients(one, 0);
        }
        float[] embedding = gradient(untied, "model.embed_tokens.weight");
        float[] head = gradient(untied, "lm_head.weight");
        float[] both = new float[head.length];
        for (int i = 0; i < both.length; i++) {
          both[i] = embedding[i] + head[i];
        }
        assertThat(norm(embedding)).isPositive();
        assertThat(gradient(tied, "model.embed_tokens.weight"))
            .containsExactly(both, within((float) (1e-5 * norm(both))))
            .containsExactly(gradient(again, "model.embed_tokens.weight"));
      }
      try (SafeTensors written = SafeTensors.open(model)) {
        assertThat(written.entries()).doesNotContainKey("lm_head.weight");
      }
    }
  }

  /** The same model with a head of its own, which begins as the embedding's copy. */
  private static void separate(Path tied, Path untied) {
    try (SafeTensors weights = SafeTensors.open(tied)) {
      Map<String, SafeTensors.Entry> all = new TreeMap<>(weights.entries());
      SafeTensors.Entry table = weights.entry("model.embed_tokens.weight");
      List<SafeTensors.Entry> entries = new ArrayList<>(all.values());
      entries.add(SafeTensors.of("lm_head.weight", table.floats(), table.shape()));
      Files.createDirectories(untied);
      SafeTensors.write(untied.resolve("model.safetensors"), entries, Map.of());
      String config = Files.readString(tied.resolve("config.json"));
      String changed =
          config.replaceFirst(
              "\"tie_word_embeddings\"\\s*:\\s*true", "\"tie_word_embeddings\" : false");
      assertThat(changed).isNotEqualTo(config);
      Files.writeString(untied.resolve("config.json"), changed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] gradient(Transformer model, String name) {
    return model.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .tensor()
        .gradient()
        .floats();
  }

  /** A z-loss that is added into the reported cross entropy (OLMo-core v2.2.0). */
  @Test
  void whatIsAddedToTheLossIsReportedApart() {
    try (Transformer model = TinyRun.model();
        Scope _ = Scope.open()) {
      Gradients gradients = new Gradients(model.parameters());
      Objective.Measured plain = withZLoss(0).gradients(model, 0);
      double norm = gradients.norm();
      gradients.clear();
      Objective.Measured added = withZLoss(1).gradients(model, 0);
      assertThat(added.loss()).isEqualTo(plain.loss());
      assertThat(added.watched().get("z_loss")).isGreaterThan(1);
      assertThat(gradients.norm()).as("it is learnt from").isNotCloseTo(norm, within(1e-2 * norm));
    }
  }

  private static Objective withZLoss(double weight) {
    return new LanguageModeling(step -> List.of(TinyRun.batch(step)), new Recipe.Loss(0, weight));
  }

  /** Of all parameters, by name, after one update of AdamW. */
  private float[] firstMoments(String name, int size, double clip) {
    Trainer.Settings settings =
        new Trainer.Settings(
            1,
            new Recipe.Optimizer(1e-3, 0.9, 0.95, 1e-8, 0),
            new Schedule.Constant(1e-3, 0),
            clip,
            1);
    Trainer trainer = new Trainer(folder.resolve(name), settings, Map.of());
    ThreadRanks.run(
        size,
        ranks ->
            trainer
                .among(ranks)
                .run(
                    TinyRun::model,
                    new LanguageModeling(step -> rowsOf(ranks).split(1)),
                    folder,
                    Trainer.Listener.SILENT));
    Path state = folder.resolve(name).resolve("checkpoints/step-000001/optimizer.safetensors");
    List<Float> all = new ArrayList<>();
    try (SafeTensors moments = SafeTensors.open(state)) {
      moments.entries().keySet().stream()
          .filter(key -> key.startsWith(AdamW.PREFIXES.getFirst()))
          .sorted()
          .forEach(
              key -> {
                for (float value : moments.entry(key).floats()) {
                  all.add(value);
                }
              });
    }
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }

  /** The first rank's half counts in a few places, the other's everywhere. */
  private static TokenBatch rowsOf(Ranks ranks) {
    if (ranks.size() == 1) {
      return joined(half(0), half(1));
    }
    return half(ranks.rank());
  }

  private static TokenBatch half(int rank) {
    TokenBatch batch = TinyRun.batch(rank);
    int[][] labels = Arrays.stream(batch.labels()).map(int[]::clone).toArray(int[][]::new);
    if (rank == 0) {
      for (int[] row : labels) {
        Arrays.fill(row, 6, row.length, TokenBatch.IGNORED);
      }
    }
    return new TokenBatch(batch.ids(), batch.positions(), batch.documents(), labels);
  }

  private static TokenBatch joined(TokenBatch one, TokenBatch other) {
    return new TokenBatch(
        joined(one.ids(), other.ids()),
        joined(one.positions(), other.positions()),
        joined(one.documents(), other.documents()),
        joined(one.labels(), other.labels()));
  }

  private static int[][] joined(int[][] one, int[][] other) {
    List<int[]> all = new ArrayList<>(Arrays.asList(one));
    all.addAll(Arrays.asList(other));
    return all.toArray(int[][]::new);
  }

  /** Of the sum over a half's tokens, divided by the tokens of both. */
  private static double ownNorm(int rank) {
    double valid = half(0).valid() + half(1).valid();
    try (Transformer model = TinyRun.model();
        Scope _ = Scope.open()) {
      new LanguageModeling(step -> List.of(half(rank))).gradients(model, 0);
      return new Gradients(model.parameters()).norm() * half(rank).valid() / valid;
    }
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /**
   * Initial values that are never applied (OLMo-core v2.5.0), or numbers that nobody set (nanochat
   * #686): every tensor has the spread that is documented, and the first loss is that of guessing.
   */
  @Test
  void everyParameterBeginsAsItIsDocumented() {
    int layers = 3;
    ModelConfig config = ModelConfig.llama(512, 128, 256, layers, 4, 2, 64, 0);
    try (Transformer model = Transformer.initialize(config, 3);
        Transformer other = Transformer.initialize(config, 4);
        Scope _ = Scope.open()) {
      for (int i = 0; i < model.parameters().size(); i++) {
        Transformer.Parameter parameter = model.parameters().get(i);
        float[] values = parameter.tensor().floats();
        if (parameter.kind() == Kind.VECTOR) {
          assertThat(values).as(parameter.name()).containsOnly(1);
        } else {
          double deviation = norm(values) / Math.sqrt(values.length);
          assertThat(deviation)
              .as(parameter.name())
              .isCloseTo(expected(parameter.name(), layers), within(0.05 * deviation));
          assertThat(values).isNotEqualTo(other.parameters().get(i).tensor().floats());
        }
      }
      double loss =
          new LanguageModeling(step -> List.of(TinyRun.batch(step))).gradients(model, 0).loss();
      assertThat(loss).isCloseTo(Math.log(512), within(0.1));
    }
  }

  /**
   * Matrices that write into the residual stream begin smaller, by the root of twice the layers.
   */
  private static double expected(String name, int layers) {
    boolean writes = name.contains("o_proj") || name.contains("down_proj");
    return writes ? 0.02 / Math.sqrt(2.0 * layers) : 0.02;
  }

  /** Ranks that each take all cores make each other slow (pytorch/java-demo #12, DJL #621). */
  @ParameterizedTest
  @CsvSource({"2, 1, 2", "2, 2, 1", "2, 4, 1", "64, 4, 16", "6, 4, 1"})
  void theRanksOfAMachineWantNoMoreThreadsThanItHasCores(int cores, int ranks, int threads) {
    RankVariables variables =
        RankVariables.of(
            Map.of(
                "RANK", "0",
                "WORLD_SIZE", Integer.toString(Math.max(2, ranks)),
                "LOCAL_WORLD_SIZE", Integer.toString(ranks),
                "MASTER_ADDR", "127.0.0.1",
                "MASTER_PORT", "29400"));
    assertThat(variables.threads(cores)).isEqualTo(threads);
  }

  /** What is set for the process holds for a thread that begins later, as a model's own does. */
  @Test
  void aThreadThatBeginsLaterTakesNoMoreCoresThanWereGiven() throws Exception {
    int before = Torch.threads();
    assertThat(before).isEqualTo(Runtime.getRuntime().availableProcessors());
    try {
      Torch.threads(1);
      int[] seen = new int[1];
      Thread later = Thread.ofPlatform().name("later").start(() -> seen[0] = Torch.threads());
      later.join();
      assertThat(seen[0]).isEqualTo(1);
    } finally {
      Torch.threads(before);
    }
  }
}
