package dev.forefront.generate;

import static dev.forefront.generate.RandomModel.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Bias;
import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.LanguageModel.Listener;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.LanguageModel.Readings;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import dev.forefront.schema.JsonSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Tokens that are guessed save passes, and nobody can tell but by the time. */
class DraftedReplyTest {
  private static final Tenant ANN = new Tenant("ann");

  @TempDir Path folder;

  /** Some beginning over and over, by a push towards each token where the one before it stands. */
  private static Sampling repeating(int[] round, float push, int most, long seed) {
    List<Bias> biases = new ArrayList<>();
    for (int at = 0; at < round.length; at++) {
      biases.add(new Bias(List.of(round[at], round[(at + 1) % round.length]), push));
    }
    return new Sampling(1, Cutoffs.of(0, 1, 0), most, seed).withBiases(biases).withLogprobs(2);
  }

  private static int[] round(IdModel model, int length) {
    return new Random(5)
        .ints(0, model.config().vocabularySize())
        .distinct()
        .limit(length)
        .toArray();
  }

  private static List<IdModel.ScoredToken> write(IdModel model, int[] prompt, Sampling sampling) {
    List<IdModel.ScoredToken> tokens = new ArrayList<>();
    model.write(
        prompt,
        sampling,
        id -> false,
        token -> {
          tokens.add(token);
          return Next.CONTINUE;
        });
    return tokens;
  }

  /** Without guesses first, then with them. */
  private static void assertSame(IdModel model, int[] prompt, Sampling sampling) {
    model.guess(Lane.Guessing.NO);
    List<IdModel.ScoredToken> plain = write(model, prompt, sampling);
    model.guess(Lane.Guessing.YES);
    assertThat(write(model, prompt, sampling)).isEqualTo(plain).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#all")
  void writesTheSameTokensAndLogProbabilitiesBitForBit(Path path) {
    try (IdModel model = IdModel.open(path)) {
      int most = Math.min(80, model.config().contextLength() - 12);
      int[] round = round(model, 9);
      assertSame(model, round, repeating(round, 30, most, 1));
      assertThat(model.guessedRight()).as("of %d", model.guessed()).isGreaterThan(10);
      // Less of a push, so that something else comes in between and guesses fail too.
      for (int push = 3; push < 9; push++) {
        assertSame(model, round, repeating(round, push, most, push));
      }
    }
  }

  @Test
  void penaltiesCutoffsAndGreedyChoiceSeeTheSameHistory() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] round = round(model, 12);
      for (int seed = 0; seed < 30; seed++) {
        Sampling sampling =
            repeating(round, 8 + seed % 5 * 2, 150, seed)
                .with(
                    seed % 2 == 0
                        ? new Penalties(1.1f, 0.1f, 0.05f, seed % 3 == 0 ? 40 : 0)
                        : Penalties.NONE);
        assertSame(model, round, sampling);
        Sampling greedy =
            new Sampling(0, Cutoffs.of(0, 1, 0), 150, seed).withBiases(sampling.biases());
        assertSame(model, prompt(model, 20 + seed, seed), greedy);
      }
      assertThat(model.guessedRight()).isGreaterThan(500);
      assertThat(model.guessed()).isGreaterThan(model.guessedRight());
    }
  }

  @Test
  void theLastTokenIsTheLastOneWhereverItFalls() {
    try (IdModel model = IdModel.open(RandomModel.write(folder, 128))) {
      int[] round = round(model, 7);
      for (int most = 30; most < 50; most++) {
        assertSame(model, round, repeating(round, 30, most, 1));
      }
      // The context is full before.
      assertSame(model, round, repeating(round, 30, 1_000, 1));
      assertThat(write(model, round, repeating(round, 30, 1_000, 1))).hasSize(128 - 7);
      assertThat(model.guessedRight()).isPositive();
    }
  }

  @Test
  void theEndOfATurnEndsItInTheMiddleOfAGuess() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] round = round(model, 20);
      for (int end = 0; end < round.length; end++) {
        int last = round[end];
        Sampling turn = repeating(round, 30, 200, 3);
        Sampling ending =
            new Sampling(
                turn.temperature(),
                turn.cutoffs(),
                turn.penalties(),
                turn.biases(),
                9,
                turn.maxTokens(),
                List.of(),
                turn.seed(),
                turn.logprobs(),
                turn.form());
        List<List<Integer>> told = new ArrayList<>();
        for (Lane.Guessing guesses : List.of(Lane.Guessing.NO, Lane.Guessing.YES)) {
          model.guess(guesses);
          List<Integer> ids = new ArrayList<>();
          int[] thrice = IntStream.range(0, 60).map(at -> round[at % 20]).toArray();
          StopReason stop =
              model.write(
                  thrice,
                  ending,
                  id -> id == last,
                  token -> {
                    ids.add(token.id());
                    return Next.CONTINUE;
                  });
          assertThat(stop).isEqualTo(StopReason.END_OF_TURN);
          told.add(ids);
        }
        assertThat(told.getLast()).isEqualTo(told.getFirst());
      }
      assertThat(model.guessedRight()).isPositive();
    }
  }

  private static Watch watch(IdModel model) {
    Random random = new Random(1);
    List<Integer> layers = List.of(0, model.config().layers() - 1);
    float[] weights = new float[layers.size() * 3 * model.config().hiddenSize()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return model.watch(
        new Probe(
            "sha256:none",
            Watch.DTYPE,
            layers,
            model.config().hiddenSize(),
            new float[3],
            weights));
  }

  /** All that a caller hears, in its order. */
  private record Heard(List<Object> events, StopReason stop, int reused) {}

  private static Heard hear(
      IdModel model, int[] prompt, Sampling sampling, int stopAfterToken, int stopAtPlace) {
    List<Object> events = new ArrayList<>();
    int[] tokens = {0};
    Readings readings =
        (place, promptTokens, logits) -> {
          events.add(List.of(place, Arrays.toString(logits)));
          return place == stopAtPlace ? Next.STOP : Next.CONTINUE;
        };
    Request.Ended ended =
        model.write(
            Request.of(prompt, sampling, id -> false).by(ANN).watchedBy(watch(model), readings),
            token -> {
              events.add(token);
              return ++tokens[0] == stopAfterToken ? Next.STOP : Next.CONTINUE;
            });
    return new Heard(events, ended.stop(), ended.reused());
  }

  @Test
  void aProbeHearsEachTokenThatWasKeptOnceAndNoOther() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] round = round(model, 11);
      for (int seed = 0; seed < 24; seed++) {
        Sampling sampling = repeating(round, seed % 3 == 0 ? 30 : 9, 60, seed);
        int stopAfterToken = seed % 2 == 0 ? 30 + seed : -1;
        int stopAtPlace = seed % 6 == 1 ? 40 + seed : -1;
        model.guess(Lane.Guessing.NO);
        Heard plain = hear(model, round, sampling, stopAfterToken, stopAtPlace);
        model.guess(Lane.Guessing.YES);
        Heard guessed = hear(model, round, sampling, stopAfterToken, stopAtPlace);
        assertThat(guessed).isEqualTo(plain);
      }
      assertThat(model.guessedRight()).isGreaterThan(200);
      assertThat(model.guessed()).isGreaterThan(model.guessedRight());
    }
  }

  @Test
  void whatWasGuessedIsNeverKeptForTheNextPrompt() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] round = round(model, 9);
      // The page of the prompt's last tokens is filled by what is written, right and wrong.
      int[] prompt = IntStream.range(0, 100).map(at -> round[at % 9]).toArray();
      for (int seed = 0; seed < 6; seed++) {
        Sampling sampling = repeating(round, 9, 100, seed);
        model.guess(Lane.Guessing.NO);
        List<IdModel.ScoredToken> plain = write(model, prompt, sampling);
        int[] said = plain.stream().mapToInt(IdModel.ScoredToken::id).toArray();
        int[] next =
            IntStream.concat(Arrays.stream(prompt), Arrays.stream(said)).limit(180).toArray();
        List<IdModel.ScoredToken> anew = write(model, next, sampling);
        model.guess(Lane.Guessing.YES);
        for (int[] one : List.of(prompt, next)) {
          List<IdModel.ScoredToken> tokens = new ArrayList<>();
          model.write(
              Request.of(one, sampling, id -> false).by(ANN),
              token -> {
                tokens.add(token);
                return Next.CONTINUE;
              });
          assertThat(tokens).isEqualTo(one == prompt ? plain : anew);
        }
      }
      assertThat(model.guessed()).isGreaterThan(model.guessedRight());
    }
  }

  @Test
  void formsAndStopTextsEndWhereTheyEndedWithout() {
    JsonSchema form =
        JsonSchema.compile(
            JsonMapper.shared()
                .readTree(
                    """
                    {"type":"array","minItems":6,"maxItems":6,"items":{"type":"object",
                     "properties":{"name of the thing":{"type":"string","maxLength":5},
                      "is it there":{"type":"boolean"}},
                     "required":["name of the thing","is it there"],"additionalProperties":false}}
                    """));
    try (Engine engine = Engine.open(RandomModel.write(folder, 2_048))) {
      IdModel model = engine.ids();
      int ended = 0;
      for (int seed = 0; seed < 8; seed++) {
        Sampling formed = new Sampling(1, Cutoffs.of(0, 1, 0), 900, seed).with(form);
        Sampling stopped =
            new Sampling(0, Cutoffs.of(0, 1, 0), 300, seed)
                .withStops(
                    List.of(
                        engine
                            .complete("Go " + seed, Sampling.greedy(90), Listener.SILENT)
                            .text()
                            .substring(60, 66)));
        for (Sampling sampling : List.of(formed, stopped)) {
          model.guess(Lane.Guessing.NO);
          Reply plain = engine.complete("Go " + seed, sampling, Listener.SILENT);
          model.guess(Lane.Guessing.YES);
          assertThat(engine.complete("Go " + seed, sampling, Listener.SILENT)).isEqualTo(plain);
          ended += plain.stop() == StopReason.MAX_TOKENS ? 0 : 1;
        }
      }
      assertThat(ended).isGreaterThan(8);
      assertThat(model.guessedRight()).isGreaterThan(100);
    }
  }

  @Test
  void inCompanyEachWritesWhatItWritesAlone() throws InterruptedException, ExecutionException {
    try (IdModel model = RandomModel.open(folder);
        ExecutorService callers = Executors.newFixedThreadPool(6)) {
      int[] round = round(model, 9);
      List<List<IdModel.ScoredToken>> alone = new ArrayList<>();
      for (int seed = 0; seed < 12; seed++) {
        alone.add(write(model, round, repeating(round, 12, 100, seed)));
      }
      List<Future<List<IdModel.ScoredToken>>> together = new ArrayList<>();
      for (int seed = 0; seed < 12; seed++) {
        Sampling sampling = repeating(round, 12, 100, seed);
        together.add(callers.submit(() -> write(model, round, sampling)));
      }
      for (int seed = 0; seed < 12; seed++) {
        assertThat(together.get(seed).get()).isEqualTo(alone.get(seed));
      }
    }
  }
}
