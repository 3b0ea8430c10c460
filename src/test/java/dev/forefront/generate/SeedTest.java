package dev.forefront.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.Bias;
import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Sampling;
import dev.forefront.model.ReferenceModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same seed gives the same tokens and log-probabilities, whatever else is in the batch. */
class SeedTest {
  private static final int STREAMS = 24;

  static List<Path> models() {
    return ReferenceModels.folders();
  }

  private record Asked(int[] prompt, Sampling sampling) {}

  private static Asked asked(IdModel model, int at) {
    Random random = new Random(at);
    int context = model.config().contextLength();
    int[] prompt = new int[1 + random.nextInt(context / 2)];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = random.nextInt(model.config().vocabularySize());
    }
    Cutoffs cutoffs =
        new Cutoffs(
            at % 3 == 0 ? 20 : 0,
            at % 2 == 0 ? 0.9f : 1,
            at % 5 == 0 ? 0.05f : 0,
            at % 7 == 0 ? 0.8f : 1,
            0,
            0);
    Sampling sampling =
        new Sampling(at % 4 == 0 ? 0 : 0.9f, cutoffs, 1 + random.nextInt(context / 6), at)
            .with(at % 3 == 1 ? new Penalties(1.2f, 0.4f, 0.2f, 4) : Penalties.NONE)
            .withBiases(at % 5 == 1 ? List.of(Bias.of(3, 1.5f)) : List.of())
            .withLogprobs(at % 2 * 3);
    return new Asked(prompt, sampling);
  }

  private static List<IdModel.ScoredToken> write(IdModel model, Asked asked) {
    List<IdModel.ScoredToken> written = new ArrayList<>();
    model.write(
        asked.prompt(),
        asked.sampling(),
        id -> false,
        token -> {
          written.add(token);
          return Next.CONTINUE;
        });
    return written;
  }

  @ParameterizedTest
  @MethodSource("models")
  void writesTheSameAloneAndInCompany(Path folder) throws InterruptedException, ExecutionException {
    try (IdModel model = IdModel.open(folder);
        ExecutorService callers = Executors.newFixedThreadPool(STREAMS)) {
      List<Future<List<IdModel.ScoredToken>>> together = new ArrayList<>();
      for (int at = 0; at < STREAMS; at++) {
        Asked asked = asked(model, at);
        together.add(callers.submit(() -> write(model, asked)));
      }
      for (int at = 0; at < STREAMS; at++) {
        List<IdModel.ScoredToken> inCompany = together.get(at).get();
        if (at % 4 == 3 || at < 8) {
          assertThat(write(model, asked(model, at))).as("stream " + at).isEqualTo(inCompany);
        }
      }
    }
  }
}
