package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.model.ReferenceModels;
import dev.forefront.model.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the engine shows of its inside, to probes and to readers. */
class ResidualStreamTest {
  private static final Path MODELS = Path.of(System.getProperty("forefront.reference"), "models");
  private static final Path LLAMA = MODELS.resolve("llama-mha");
  private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};

  @TestFactory
  List<DynamicTest> showsTheReferencesHiddenStates() {
    return ReferenceModels.folders().stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(folder.getFileName().toString(), () -> hidden(folder)))
        .toList();
  }

  private static void hidden(Path folder) {
    try (IdModel model = IdModel.open(folder);
        SafeTensors reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
      long[] values = reference.entry("case.1.input_ids").longs();
      int[] ids = IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
      float[][][] stream = stream(model, ids);
      int width = model.config().hiddenSize();
      for (int layer = 0; layer < stream.length; layer++) {
        float[] expected = reference.entry("hidden.layer." + layer).floats();
        assertThat(expected).hasSize(ids.length * width);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
          worst = Math.max(worst, Math.abs(stream[layer][i / width][i % width] - expected[i]));
          largest = Math.max(largest, Math.abs(expected[i]));
        }
        assertThat(worst / largest).as("layer " + layer).isLessThanOrEqualTo(1e-4);
      }
    }
  }

  /** {@code [layer][place][width]}. */
  private static float[][][] stream(IdModel model, int[] ids) {
    int layers = model.config().layers();
    float[][][] stream = new float[layers][ids.length][];
    Set<Integer> all = Set.copyOf(IntStream.range(0, layers).boxed().toList());
    model.read(ids, all, (layer, place, residual) -> stream[layer][place] = residual.clone());
    return stream;
  }

  private static Probe probe(IdModel model, List<Integer> layers, int heads, long seed) {
    Random random = new Random(seed);
    int width = model.config().hiddenSize();
    float[] bias = new float[heads];
    float[] weights = new float[layers.size() * heads * width];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < heads; i++) {
      bias[i] = (float) random.nextGaussian();
    }
    return new Probe("sha256:none", Watch.DTYPE, layers, width, bias, weights);
  }

  /** A probe's scores of one token, computed outside of the engine. */
  private static double[] outside(Probe probe, float[][][] stream, int place) {
    double[] logits = new double[probe.heads()];
    for (int head = 0; head < logits.length; head++) {
      logits[head] = probe.bias()[head];
      for (int at = 0; at < probe.layers().size(); at++) {
        float[] row = stream[probe.layers().get(at)][place];
        float[] weights = probe.weights(at);
        for (int i = 0; i < row.length; i++) {
          logits[head] += weights[head * row.length + i] * (double) row[i];
        }
      }
    }
    return logits;
  }

  private record Watched(List<Integer> ids, List<float[]> readings, StopReason stop) {}

  private static Watched write(IdModel model, Probe probe, int[] prompt, int most) {
    List<Integer> ids = new ArrayList<>();
    List<float[]> readings = new ArrayList<>();
    StopReason stop =
        model.write(
            prompt,
            Sampling.chat(most, prompt.length),
            id -> false,
            model.watch(probe),
            (place, promptTokens, logits) -> {
              assertThat(place).isEqualTo(readings.size());
              assertThat(promptTokens).isEqualTo(prompt.length);
              readings.add(logits);
              return Next.CONTINUE;
            },
            token -> {
              // Everything before this token was read before it was told.
              assertThat(readings).hasSize(prompt.length + ids.size());
              ids.add(token.id());
              return Next.CONTINUE;
            });
    return new Watched(ids, readings, stop);
  }

  @Test
  void readsWhatDotProductsGiveWhateverElseIsInTheBatch() {
    try (IdModel model = IdModel.open(LLAMA)) {
      int last = model.config().layers() - 1;
      Probe few = probe(model, List.of(last), 3, 1);
      Probe many = probe(model, IntStream.rangeClosed(0, last).boxed().toList(), 70, 2);
      List<Watched> written =
          IntStream.range(0, 12)
              .parallel()
              .mapToObj(
                  i -> {
                    if (i % 3 == 2) {
                      model.write(PROMPT, Sampling.greedy(40), id -> false, token -> Next.CONTINUE);
                    }
                    return write(model, i % 2 == 0 ? few : many, prompt(i), 20 + i);
                  })
              .toList();
      for (int i = 0; i < written.size(); i++) {
        Watched one = written.get(i);
        Probe probe = i % 2 == 0 ? few : many;
        int[] whole =
            IntStream.concat(
                    IntStream.of(prompt(i)), one.ids().stream().mapToInt(Integer::intValue))
                .toArray();
        // The last token, from which nothing is chosen, is read too.
        assertThat(one.readings()).hasSize(whole.length);
        float[][][] stream = stream(model, whole);
        Watched alone = write(model, probe, prompt(i), 20 + i);
        for (int place = 0; place < whole.length; place++) {
          double[] expected = outside(probe, stream, place);
          for (int head = 0; head < expected.length; head++) {
            assertThat((double) one.readings().get(place)[head])
                .isCloseTo(expected[head], within(1e-3 + 1e-4 * Math.abs(expected[head])));
          }
          assertThat(alone.readings().get(place)).isEqualTo(one.readings().get(place));
        }
      }
    }
  }

  private static int[] prompt(int i) {
    return IntStream.range(0, 5 + 9 * i).map(at -> (at * 7 + i) % 90).toArray();
  }

  @Test
  void writesTheSameWithAProbeAsWithout() {
    try (IdModel model = IdModel.open(LLAMA)) {
      Watched watched = write(model, probe(model, List.of(0), 5, 3), PROMPT, 30);
      List<Integer> plain = new ArrayList<>();
      model.write(
          PROMPT,
          Sampling.chat(30, PROMPT.length),
          id -> false,
          token -> {
            plain.add(token.id());
            return Next.CONTINUE;
          });
      assertThat(watched.ids()).isEqualTo(plain).hasSize(30);
      assertThat(watched.stop()).isEqualTo(StopReason.MAX_TOKENS);
    }
  }

  @Test
  void readsTheLastTokenWhereTheContextIsFull() {
    try (IdModel model = IdModel.open(LLAMA)) {
      int context = model.config().contextLength();
      int[] prompt = IntStream.range(0, context - 3).map(i -> i % 90).toArray();
      Watched watched = write(model, probe(model, List.of(1), 2, 3), prompt, 100);
      assertThat(watched.stop()).isEqualTo(StopReason.CONTEXT_FULL);
      assertThat(watched.readings()).hasSize(context);
    }
  }

  @Test
  void readsTheTokenAtWhichAListenerStops() {
    try (IdModel model = IdModel.open(LLAMA)) {
      AtomicInteger read = new AtomicInteger();
      Function<IdModel.ScoredToken, Next> stop = token -> Next.STOP;
      StopReason reason =
          model.write(
              PROMPT,
              Sampling.greedy(30),
              id -> false,
              model.watch(probe(model, List.of(0), 1, 3)),
              (place, promptTokens, logits) -> {
                read.set(place + 1);
                return Next.CONTINUE;
              },
              stop);
      assertThat(reason).isEqualTo(StopReason.CANCELLED);
      assertThat(read).hasValue(PROMPT.length + 1);
    }
  }

  @Test
  void writesNothingWhereAReadingStopsThePrompt() {
    try (IdModel model = IdModel.open(LLAMA)) {
      List<Integer> told = new ArrayList<>();
      StopReason reason =
          model.write(
              PROMPT,
              Sampling.greedy(30),
              id -> false,
              model.watch(probe(model, List.of(0), 1, 3)),
              (place, promptTokens, logits) -> place == 4 ? Next.STOP : Next.CONTINUE,
              token -> {
                told.add(token.id());
                return Next.CONTINUE;
              });
      assertThat(reason).isEqualTo(StopReason.CANCELLED);
      assertThat(told).isEmpty();
      // The lane goes on with others.
      assertThat(write(model, probe(model, List.of(0), 1, 3), PROMPT, 3).ids()).hasSize(3);
    }
  }

  @Test
  void refusesAProbeForAnotherShapeOfModel() {
    try (IdModel model = IdModel.open(LLAMA)) {
      int width = model.config().hiddenSize();
      for (Probe wrong :
          List.of(
              new Probe("m", Watch.DTYPE, List.of(99), width, new float[1], new float[width]),
              new Probe(
                  "m", Watch.DTYPE, List.of(0), width - 1, new float[1], new float[width - 1]),
              new Probe("m", "int8", List.of(0), width, new float[1], new float[width]))) {
        assertThatThrownBy(() -> model.watch(wrong))
            .isInstanceOf(BadInputException.class)
            .hasMessageContaining("train a probe on this model");
      }
      assertThatThrownBy(() -> model.read(PROMPT, Set.of(99), (layer, place, residual) -> {}))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("no layer 99");
    }
  }

  @Test
  void goesOnWhereAReaderThrows() {
    try (IdModel model = IdModel.open(LLAMA)) {
      assertThatThrownBy(
              () ->
                  model.read(
                      PROMPT,
                      Set.of(0),
                      (layer, place, residual) -> {
                        throw new IllegalArgumentException("no");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the model failed");
      assertThat(stream(model, PROMPT)[0][PROMPT.length - 1]).isNotNull();
    }
  }

  @Test
  void isNoProbeWithNumbersThatAreNone() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(
              () -> new Probe("m", "float32", List.of(0), 1, new float[1], new float[] {bad}))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> new Probe("m", "float32", List.of(0), 1, new float[] {bad}, new float[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> new Probe("m", "float32", List.of(1, 1), 1, new float[1], new float[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Probe("m", "float32", List.of(0), 2, new float[1], new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
