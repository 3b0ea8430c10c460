package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.SafeTensors;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.RankLostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Several ranks do what one does. */
class RanksTest {
  private static final int STEPS = 50;
  private static final int ROWS = 6;

  /** Of the loss and of the gradient's norm, relative. */
  private static final double BOUND = 1e-5;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Recipe.Method.class)
  void lossesOfOneTwoAndFourRanksAgree(Recipe.Method method) {
    run("one", 1, method, STEPS);
    for (int size : new int[] {2, 4}) {
      String name = "of" + size;
      run(name, size, method, STEPS);
      assertSameCurves(name, "one");
    }
  }

  @ParameterizedTest
  @EnumSource(Recipe.Method.class)
  void aRunGoesOnWithOtherNumbersOfRanks(Recipe.Method method) throws Exception {
    run("unbroken", 1, method, STEPS);
    stopAfter(20, 2, method);
    stopAfter(33, 1, method);
    run("broken", 4, method, STEPS);
    assertSameCurves("broken", "unbroken");
    assertThat(steps("broken")).isEqualTo(IntStream.range(0, STEPS).boxed().toList());
    assertThat(folder.resolve("broken/model/lineage.json"))
        .content()
        .contains("\"ranks\" : \"[1, 2, 4]\"");
    assertSameState(newest("broken"), newest("unbroken"));
  }

  @Test
  void asManyRanksGiveTheSameBytesAgain() throws Exception {
    run("one", 2, Recipe.Method.ADAMW, 12);
    run("other", 2, Recipe.Method.ADAMW, 12);
    assertThat(folder.resolve("other/model/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("one/model/model.safetensors"));
  }

  @Test
  void everyRankHoldsTheSameWeights() {
    List<byte[]> digests =
        ThreadRanks.run(
            3,
            ranks -> {
              Trainer trainer = trainer("run", Recipe.Method.MUON, 5).among(ranks);
              List<Transformer> kept = new ArrayList<>();
              trainer.run(
                  () -> {
                    // Another start on every rank: the leader's counts.
                    kept.add(model(7 + ranks.rank()));
                    return kept.getFirst();
                  },
                  objective(ranks),
                  folder,
                  update -> remember(ranks, kept.getFirst(), update));
              return lastWeights[ranks.rank()];
            });
    assertThat(digests.get(1)).isEqualTo(digests.get(0));
    assertThat(digests.get(2)).isEqualTo(digests.get(0));
  }

  private final byte[][] lastWeights = new byte[3][];

  private void remember(Ranks ranks, Transformer model, Trainer.Update update) {
    Path file = folder.resolve("rank-%d-%d".formatted(ranks.rank(), update.step()));
    SafeTensors.write(file, model.weights(), Map.of());
    try {
      lastWeights[ranks.rank()] = Files.readAllBytes(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void gradientsThatGoOutBucketByBucketAreTheSame() {
    Map<Long, float[]> sums = new java.util.concurrent.ConcurrentHashMap<>();
    for (long bucket : new long[] {1, 3000, 1L << 40}) {
      List<float[]> all =
          ThreadRanks.run(
              2,
              ranks -> {
                try (Transformer model = model(7);
                    Exchange exchange = Exchange.of(model, ranks, bucket);
                    var _ = dev.forefront.tensor.Scope.open()) {
                  Objective objective = objective(ranks);
                  // The first teaches in which order gradients are finished.
                  for (int step = 0; step < 3; step++) {
                    new Gradients(model.parameters()).clear();
                    objective.gradients(model, step, exchange);
                  }
                  return gradients(model);
                }
              });
      assertThat(all.get(1)).isEqualTo(all.get(0));
      sums.put(bucket, all.get(0));
    }
    // Gloo cuts a bucket in pieces, so that sums of two numbers each are the same in any.
    assertThat(sums.get(1L)).isEqualTo(sums.get(3000L)).isEqualTo(sums.get(1L << 40));
  }

  private static float[] gradients(Transformer model) {
    int count = model.parameters().stream().mapToInt(one -> (int) one.tensor().count()).sum();
    float[] all = new float[count];
    int at = 0;
    for (Transformer.Parameter one : model.parameters()) {
      float[] own = one.tensor().gradient().floats();
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return all;
  }

  @Test
  void anObjectiveThatCannotShareItsWorkIsRefused() {
    Objective alone = (model, step) -> new Objective.Measured(0, 0, Map.of());
    assertThatThrownBy(
            () ->
                ThreadRanks.run(
                    2,
                    ranks ->
                        trainer("run", Recipe.Method.ADAMW, 5)
                            .among(ranks)
                            .run(() -> model(7), alone, folder, Trainer.Listener.SILENT)))
        .hasMessageContaining("one rank alone");
  }

  @Test
  void whatEndsOneRankIsToldToTheOthers() {
    assertThatThrownBy(
            () ->
                ThreadRanks.run(
                    2,
                    ranks -> {
                      if (ranks.rank() == 1) {
                        throw new IllegalStateException("the cat sat on it");
                      }
                      return ranks.sum(1)[0] + ranks.sum(1)[0];
                    }))
        .isInstanceOf(RankLostException.class)
        .hasMessageContaining("rank 1 (process ")
        .hasMessageContaining("ended: the cat sat on it");
  }

  @Test
  void whoIsDoneWaitsForTheOthers() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    ThreadRanks.run(
        2,
        ranks -> {
          if (ranks.leads()) {
            told.add(ranks.hear("rank 1"));
            told.add("the leader has written the model");
          } else {
            ranks.announce("rank 1", "rank 1 has trained");
          }
          ranks.awaitAll();
          return told.add("rank %d ends".formatted(ranks.rank()));
        });
    assertThat(told)
        .hasSize(4)
        .startsWith("rank 1 has trained", "the leader has written the model");
  }

  @Test
  void gradientsThatAreNoNumbersEndAllRanksWithOneSentence() {
    assertThatThrownBy(
            () ->
                ThreadRanks.run(
                    2,
                    ranks ->
                        trainer("run", Recipe.Method.ADAMW, 5)
                            .among(ranks)
                            .run(() -> broken(), objective(ranks), folder, update -> {})))
        .isInstanceOf(Trainer.DivergedException.class)
        .hasMessageContaining("before update 0");
  }

  private static Transformer broken() {
    Transformer model = model(7);
    model.parameters().getFirst().tensor().timesInPlace(Double.NaN);
    return model;
  }

  private void run(String name, int size, Recipe.Method method, int steps) {
    ThreadRanks.run(
        size,
        ranks ->
            trainer(name, method, steps)
                .among(ranks)
                .run(() -> model(7), objective(ranks), folder, Trainer.Listener.SILENT));
  }

  /** One rank alone, not the leader, is asked to end. */
  private void stopAfter(int updates, int size, Recipe.Method method) {
    assertThatThrownBy(
            () ->
                ThreadRanks.run(
                    size,
                    ranks ->
                        trainer("broken", method, STEPS)
                            .among(ranks)
                            .run(
                                () -> model(7),
                                objective(ranks),
                                folder,
                                stopping(updates, ranks.rank() == ranks.size() - 1))))
        .isInstanceOf(CancellationException.class);
  }

  private static Trainer.Listener stopping(int updates, boolean asked) {
    return new Trainer.Listener() {
      private int done;

      @Override
      public void updated(Trainer.Update update) {
        done = update.step() + 1;
      }

      @Override
      public boolean stopWanted() {
        return asked && done >= updates;
      }
    };
  }

  private Trainer trainer(String name, Recipe.Method method, int steps) {
    Recipe.Optimizer optimizer =
        new Recipe.Optimizer(method, 3e-3, 0.9, 0.95, 1e-8, 0.1, Recipe.Muon.USUAL);
    Trainer.Settings settings =
        new Trainer.Settings(
            steps, optimizer, new Schedule.Cosine(optimizer.rate(), 10, STEPS, 0.1), 0.5, 10);
    return new Trainer(folder.resolve(name), settings, Map.of("run", "ranks"));
  }

  private static Transformer model(long seed) {
    return Transformer.initialize(ModelConfig.llama(64, 32, 64, 2, 4, 2, 32, 0), seed);
  }

  private static Objective objective(Ranks ranks) {
    return new LanguageModeling(
        step -> part(batch(step), ranks).split(2), new Recipe.Loss(0.1, 1e-4));
  }

  /** Rows of unequal weight; now and then one row counts alone, and once nothing does. */
  private static TokenBatch batch(int step) {
    TokenBatch one = TinyRun.batch(step);
    TokenBatch two = TinyRun.batch(1000 + step);
    int[][] labels = joined(one.labels(), two.labels());
    for (int row = 0; row < ROWS; row++) {
      boolean silent = step == 11 || step % 5 == 3 && row != step % ROWS;
      Arrays.fill(labels[row], silent ? 0 : 4 * row, labels[row].length - row, -100);
    }
    return new TokenBatch(
        joined(one.ids(), two.ids()),
        joined(one.positions(), two.positions()),
        joined(one.documents(), two.documents()),
        labels);
  }

  private static int[][] joined(int[][] one, int[][] two) {
    return Stream.concat(Arrays.stream(one), Arrays.stream(two))
        .limit(ROWS)
        .map(int[]::clone)
        .toArray(int[][]::new);
  }

  private static TokenBatch part(TokenBatch batch, Ranks ranks) {
    return new TokenBatch(
        part(batch.ids(), ranks),
        part(batch.positions(), ranks),
        part(batch.documents(), ranks),
        part(batch.labels(), ranks));
  }

  private static int[][] part(int[][] rows, Ranks ranks) {
    return IntStream.range(0, rows.length)
        .filter(row -> row % ranks.size() == ranks.rank())
        .mapToObj(row -> rows[row])
        .toArray(int[][]::new);
  }

  private void assertSameCurves(String name, String expected) {
    List<JsonNode> one = lines(name);
    List<JsonNode> other = lines(expected);
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      for (String figure : List.of("loss", "z_loss", "grad_norm", "tokens", "counted")) {
        double value = other.get(i).path(figure).asDouble();
        assertThat(one.get(i).path(figure).asDouble())
            .as("%s of update %d of %s", figure, i, name)
            .isCloseTo(value, within(BOUND * Math.abs(value)));
      }
    }
  }

  private static void assertSameState(Path one, Path other) {
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      try (SafeTensors a = SafeTensors.open(one.resolve(file));
          SafeTensors b = SafeTensors.open(other.resolve(file))) {
        assertThat(a.entries().keySet()).isEqualTo(b.entries().keySet());
        for (String name : a.entries().keySet()) {
          assertThat(a.entry(name).floats())
              .as(name)
              .containsExactly(b.entry(name).floats(), within(1e-3f));
        }
      }
    }
  }

  private List<Integer> steps(String name) {
    return lines(name).stream().map(line -> line.path("step").asInt()).toList();
  }

  private List<JsonNode> lines(String name) {
    return StepLines.read(folder.resolve(name).resolve(Metrics.FILE));
  }

  private Path newest(String name) throws java.io.IOException {
    try (Stream<Path> all = Files.list(folder.resolve(name).resolve("checkpoints"))) {
      return all.max(Comparator.naturalOrder()).orElseThrow();
    }
  }
}
