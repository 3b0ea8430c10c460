package dev.forefront.generate;

import static dev.forefront.generate.RandomModel.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a tenant had read before is not read again, and nobody can tell but by the time. */
class PrefixReuseTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");
  private static final int PAGE = KeyValueCache.PAGE;

  @TempDir Path folder;

  /** The first tokens of one, and then others. */
  private static int[] after(int[] beginning, int shared, int[] end) {
    return IntStream.concat(Arrays.stream(beginning, 0, shared), IntStream.of(end)).toArray();
  }

  private record Written(List<IdModel.ScoredToken> tokens, List<float[]> readings, int reused) {

    void assertSame(Written other) {
      assertThat(tokens).isEqualTo(other.tokens).isNotEmpty();
      assertThat(readings.toArray(float[][]::new))
          .isDeepEqualTo(other.readings.toArray(float[][]::new));
    }
  }

  private static Request request(int[] prompt, Tenant tenant) {
    return Request.of(prompt, Sampling.chat(12, 5).withLogprobs(4), id -> false).by(tenant);
  }

  private static Written write(IdModel model, int[] prompt, Tenant tenant) {
    List<IdModel.ScoredToken> tokens = new ArrayList<>();
    Request.Ended ended =
        model.write(
            request(prompt, tenant),
            token -> {
              tokens.add(token);
              return Next.CONTINUE;
            });
    return new Written(tokens, List.of(), ended.reused());
  }

  private static Written write(IdModel model, int[] prompt, Tenant tenant, Watch watch) {
    List<IdModel.ScoredToken> tokens = new ArrayList<>();
    List<float[]> readings = new ArrayList<>();
    Request.Ended ended =
        model.write(
            request(prompt, tenant)
                .watchedBy(
                    watch,
                    (place, promptTokens, logits) -> {
                      assertThat(place).isEqualTo(readings.size());
                      assertThat(promptTokens).isEqualTo(prompt.length);
                      readings.add(logits);
                      return Next.CONTINUE;
                    }),
            token -> {
              assertThat(readings).hasSize(prompt.length + tokens.size());
              tokens.add(token);
              return Next.CONTINUE;
            });
    assertThat(readings).hasSize(prompt.length + tokens.size());
    return new Written(tokens, readings, ended.reused());
  }

  private static Watch watch(IdModel model, int heads, long seed) {
    Random random = new Random(seed);
    List<Integer> layers = List.of(0, model.config().layers() - 1);
    float[] weights = new float[layers.size() * heads * model.config().hiddenSize()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return model.watch(
        new Probe(
            "sha256:none",
            Watch.DTYPE,
            layers,
            model.config().hiddenSize(),
            new float[heads],
            weights));
  }

  @ParameterizedTest
  @MethodSource("dev.forefront.model.ReferenceModels#all")
  void writesTheSameTokensAndLogProbabilitiesBitForBit(Path path) {
    try (IdModel model = IdModel.open(path)) {
      int context = model.config().contextLength();
      int shared = Math.min(2, (context - 40) / PAGE) * PAGE;
      assertThat(shared).isPositive();
      int[] first = prompt(model, shared + 7, 1);
      int[] next = after(first, shared, prompt(model, 20, 2));
      Written anew = write(model, next, Tenant.NOBODY);
      assertThat(anew.reused()).isZero();

      write(model, first, ANN);
      long before = model.positionsRead();
      Written again = write(model, next, ANN);

      assertThat(again.reused()).isEqualTo(shared);
      assertThat(model.positionsRead() - before).isEqualTo(20);
      again.assertSame(anew);
    }
  }

  @Test
  void theNextTurnOfAChatReadsWhatIsNewAlone() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] first = prompt(model, 150, 1);
      Written reply = write(model, first, ANN);
      int[] said = reply.tokens().stream().mapToInt(IdModel.ScoredToken::id).toArray();
      int[] second =
          after(after(first, first.length, said), 150 + said.length, prompt(model, 80, 2));

      long before = model.positionsRead();
      Written again = write(model, second, ANN);

      assertThat(again.reused()).isEqualTo(2 * PAGE);
      assertThat(model.positionsRead() - before).isEqualTo(second.length - 2 * PAGE);
      again.assertSame(write(model, second, Tenant.NOBODY));
    }
  }

  @Test
  void theLastTokenIsReadAlsoWhereAllPagesAreThere() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 2 * PAGE, 1);
      Written anew = write(model, prompt, ANN);
      Written again = write(model, prompt, ANN);
      assertThat(again.reused()).isEqualTo(PAGE);
      again.assertSame(anew);
      assertThat(write(model, Arrays.copyOf(prompt, 2 * PAGE + 1), ANN).reused())
          .isEqualTo(2 * PAGE);
    }
  }

  private static void until(BooleanSupplier so) throws InterruptedException {
    for (int wait = 0; wait < 3_000 && !so.getAsBoolean(); wait++) {
      Thread.sleep(10);
    }
    assertThat(so.getAsBoolean()).isTrue();
  }

  @Test
  void anIdleEngineLetsGoOfPromptsThatNobodyAskedAboutAgain() throws InterruptedException {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 200, 1);
      Written anew = write(model, prompt, ANN);
      assertThat(write(model, prompt, ANN).reused()).isEqualTo(3 * PAGE);
      until(() -> model.bytesKept() > 0);
      model.keepPrompts(Duration.ofMillis(30));
      write(model, prompt, BOB);
      until(() -> model.bytesKept() == 0);
      model.keepPrompts(Duration.ofMinutes(10));
      Written again = write(model, prompt, ANN);
      assertThat(again.reused()).isZero();
      again.assertSame(anew);
      assertThat(write(model, prompt, ANN).reused()).isEqualTo(3 * PAGE);
    }
  }

  @Test
  void whatWasWrittenIsReadOnceMore() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, PAGE, 1);
      List<Integer> said = new ArrayList<>();
      model.write(
          Request.of(prompt, Sampling.greedy(2 * PAGE), id -> false).by(ANN),
          token -> {
            said.add(token.id());
            return Next.CONTINUE;
          });
      assertThat(said).hasSize(2 * PAGE);
      int[] all = said.stream().mapToInt(Integer::intValue).toArray();
      assertThat(write(model, after(prompt, PAGE, all), ANN).reused()).isEqualTo(PAGE);
    }
  }

  @Test
  void anotherTenantReadsAllOfIt() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 300, 1);
      Written anns = write(model, prompt, ANN);
      for (Tenant other : List.of(BOB, Tenant.NOBODY, Tenant.NOBODY)) {
        long before = model.positionsRead();
        Written others = write(model, prompt, other);
        assertThat(others.reused()).isZero();
        assertThat(model.positionsRead() - before).isEqualTo(300);
        others.assertSame(anns);
      }
      assertThat(write(model, prompt, ANN).reused()).isEqualTo(4 * PAGE);
      assertThat(write(model, prompt, BOB).reused()).isEqualTo(4 * PAGE);
    }
  }

  @Test
  void otherTokensBeforeThemAreOtherPages() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 200, 1);
      write(model, prompt, ANN);
      for (int at : new int[] {0, PAGE - 1, PAGE, 2 * PAGE - 1}) {
        int[] other = prompt.clone();
        other[at] = (other[at] + 1) % model.config().vocabularySize();
        Written changed = write(model, other, ANN);
        assertThat(changed.reused()).isEqualTo(at / PAGE * PAGE);
        changed.assertSame(write(model, other, Tenant.NOBODY));
      }
    }
  }

  @Test
  void aProbeHearsTheSameOfTokensThatAreNotReadAgain() {
    try (IdModel model = RandomModel.open(folder)) {
      Watch watch = watch(model, 5, 1);
      int[] first = prompt(model, 200, 1);
      int[] next = after(first, 170, prompt(model, 90, 2));
      Written anew = write(model, next, Tenant.NOBODY, watch);

      write(model, first, ANN, watch);
      Written again = write(model, next, ANN, watch);

      assertThat(again.reused()).isEqualTo(2 * PAGE);
      again.assertSame(anew);
      // Those that were taken over are handed on together with those that were read.
      Written onceMore = write(model, next, ANN, watch);
      assertThat(onceMore.reused()).isEqualTo(4 * PAGE);
      onceMore.assertSame(anew);
    }
  }

  @Test
  void pagesThatAProbeHasNotReadAreReadForIt() {
    try (IdModel model = RandomModel.open(folder)) {
      Watch watch = watch(model, 3, 1);
      Watch another = watch(model, 4, 2);
      int[] prompt = prompt(model, 200, 1);
      Written byWatch = write(model, prompt, Tenant.NOBODY, watch);
      Written byAnother = write(model, prompt, Tenant.NOBODY, another);

      assertThat(write(model, prompt, ANN).reused()).isZero();
      Written unread = write(model, prompt, ANN, watch);
      assertThat(unread.reused()).isZero();
      unread.assertSame(byWatch);
      Written others = write(model, prompt, ANN, another);
      assertThat(others.reused()).isZero();
      others.assertSame(byAnother);
      Written again = write(model, prompt, ANN, another);
      assertThat(again.reused()).isEqualTo(3 * PAGE);
      again.assertSame(byAnother);
      // Whoever is not watched takes any page.
      assertThat(write(model, prompt, ANN).reused()).isEqualTo(3 * PAGE);
    }
  }

  @Test
  void aReadingThatStopsAPromptStopsItAgain() {
    try (IdModel model = RandomModel.open(folder)) {
      Watch watch = watch(model, 2, 1);
      int[] prompt = prompt(model, 300, 1);
      write(model, prompt, ANN, watch);
      List<Integer> heard = new ArrayList<>();
      Request.Ended ended =
          model.write(
              request(prompt, ANN)
                  .watchedBy(
                      watch,
                      (place, promptTokens, logits) -> {
                        heard.add(place);
                        return place == 70 ? Next.STOP : Next.CONTINUE;
                      }),
              token -> {
                throw new AssertionError("a token was told");
              });
      assertThat(ended.stop()).isEqualTo(StopReason.CANCELLED);
      assertThat(heard).hasSize(71);
    }
  }

  @Test
  void aPromptThatWasCancelledLeavesWholePagesAlone() {
    try (IdModel model = RandomModel.open(folder)) {
      Watch watch = watch(model, 2, 1);
      int[] prompt = prompt(model, 900, 1);
      Written anew = write(model, prompt, Tenant.NOBODY, watch);
      Request.Ended ended =
          model.write(
              request(prompt, ANN).watchedBy(watch, (place, promptTokens, logits) -> Next.STOP),
              token -> Next.CONTINUE);
      assertThat(ended.stop()).isEqualTo(StopReason.CANCELLED);

      Written again = write(model, prompt, ANN, watch);

      assertThat(again.reused() % PAGE).isZero();
      assertThat(again.reused()).isPositive();
      again.assertSame(anew);
    }
  }

  @Test
  void aPassThatFailedLeavesNothing() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 300, 1);
      Written anew = write(model, prompt, ANN);
      assertThatThrownBy(
              () ->
                  model.read(
                      prompt(model, 100, 2),
                      Set.of(0),
                      (layer, place, residual) -> {
                        throw new IllegalArgumentException("no");
                      }))
          .hasMessageContaining("the model failed");
      Written again = write(model, prompt, ANN);
      assertThat(again.reused()).isZero();
      again.assertSame(anew);
      assertThat(write(model, prompt, ANN).reused()).isEqualTo(4 * PAGE);
    }
  }

  @Test
  void aPageThatIsBeingReadWhenAPassFailsIsNotKept() throws InterruptedException {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 1_000, 1);
      Written anew = write(model, prompt, Tenant.NOBODY);
      for (int failAt : new int[] {3, 70, 200}) {
        Thread beside =
            Thread.ofPlatform()
                .name("test-failing")
                .start(
                    () ->
                        assertThatThrownBy(
                            () ->
                                model.read(
                                    prompt(model, 300, 2),
                                    Set.of(1),
                                    (layer, place, residual) -> {
                                      if (place == failAt) {
                                        throw new IllegalArgumentException("no");
                                      }
                                    })));
        try {
          // Fails, or comes through before or after: nobody can say which.
          write(model, prompt, ANN).assertSame(anew);
        } catch (IllegalStateException failed) {
          assertThat(failed).hasMessageContaining("the model failed");
        }
        beside.join();
        write(model, prompt, ANN).assertSame(anew);
      }
    }
  }

  @Test
  void whoIsShownTheInsideIsShownAllOfIt() {
    try (IdModel model = RandomModel.open(folder)) {
      int[] prompt = prompt(model, 200, 1);
      write(model, prompt, ANN);
      List<Integer> places = new ArrayList<>();
      model.read(prompt, Set.of(0), (layer, place, residual) -> places.add(place));
      assertThat(places).containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
      long before = model.positionsRead();
      assertThat(model.score(prompt, 1)).hasSize(199);
      assertThat(model.positionsRead() - before).isEqualTo(199);
    }
  }

  @Test
  void manyStreamsOfSeveralTenantsWriteWhatEachWritesAlone()
      throws InterruptedException, ExecutionException {
    try (IdModel model = RandomModel.open(folder);
        ExecutorService callers = Executors.newFixedThreadPool(16)) {
      Watch watch = watch(model, 3, 1);
      int[] system = prompt(model, 150, 1);
      List<Future<Written>> together = new ArrayList<>();
      List<int[]> prompts = new ArrayList<>();
      int asked = 0;
      for (int at = 0; at < 48; at++) {
        int[] prompt = after(system, 100 + at % 3 * 25, prompt(model, 1 + at * 3 % 100, at % 5));
        Tenant tenant = at % 4 == 3 ? Tenant.NOBODY : at % 2 == 0 ? ANN : BOB;
        prompts.add(prompt);
        asked += prompt.length;
        boolean watched = at % 5 < 2;
        together.add(
            callers.submit(
                () ->
                    watched ? write(model, prompt, tenant, watch) : write(model, prompt, tenant)));
      }
      int reused = 0;
      for (Future<Written> one : together) {
        reused += one.get().reused();
      }
      assertThat(model.positionsRead()).isEqualTo(asked - reused);
      assertThat(reused).isPositive();
      for (int at = 0; at < 48; at++) {
        Written alone =
            at % 5 < 2
                ? write(model, prompts.get(at), Tenant.NOBODY, watch)
                : write(model, prompts.get(at), Tenant.NOBODY);
        together.get(at).get().assertSame(alone);
      }
    }
  }
}
