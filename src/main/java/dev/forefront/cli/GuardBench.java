package dev.forefront.cli;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Sampling;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardedReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the guard adds to a token: the same replies with and without it, by turns, so that whatever
 * else the machine does falls on both.
 */
@Command(
    name = "guard",
    mixinStandardHelpOptions = true,
    description = "Time the same replies with and without the guard, by turns.",
    footer = {"", "Example: ./forefront bench guard --model runs/demo/preference/model --json"})
final class GuardBench implements Callable<Integer> {
  private static final int WARM_UP = 40;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
  private @Nullable Path model;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Timed pairs of replies (default: ${DEFAULT-VALUE}).")
  private int pairs = 200;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Most tokens of a reply (default: ${DEFAULT-VALUE}).")
  private int tokens = 128;

  @Mixin private Output output = new Output();

  /** One reply as it went. */
  private record Timed(double seconds, int tokens) {
    double perToken() {
      return seconds / Math.max(1, tokens);
    }
  }

  @Override
  public Integer call() {
    Path folder = Objects.requireNonNull(model);
    Guard guard = Guard.builtIn();
    List<Double> bare = new ArrayList<>();
    List<Double> guarded = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Engine engine = Engine.open(folder);
        Progress progress = Progress.start("bench guard", WARM_UP + pairs, "pairs")) {
      for (int i = 0; i < WARM_UP + pairs; i++) {
        // The first of a pair changes, so that neither always finds warm caches.
        boolean guardFirst = i % 2 == 0;
        Timed one = guardFirst ? guarded(engine, guard, i) : bare(engine, i);
        Timed other = guardFirst ? bare(engine, i) : guarded(engine, guard, i);
        if (i >= WARM_UP) {
          double with = (guardFirst ? one : other).perToken();
          double without = (guardFirst ? other : one).perToken();
          guarded.add(with);
          bare.add(without);
          ratios.add(with / without - 1);
        }
        progress.at(i + 1L);
      }
    }
    answer(folder, bare, guarded, ratios);
    return Exit.DONE;
  }

  /** Plain words, so that a model of any kind writes on. */
  private static Conversation prompt(int i) {
    return Conversation.of(Message.user("Tell me a long story about a fox and " + i + " birds."));
  }

  private Sampling sampling(int i) {
    return new Sampling(1.2f, 0, 1, 0, 1, tokens, List.of(), i);
  }

  private Timed bare(LanguageModel engine, int i) {
    long from = System.nanoTime();
    int count = engine.reply(prompt(i), sampling(i), LanguageModel.Listener.SILENT).replyTokens();
    return new Timed((System.nanoTime() - from) / 1e9, count);
  }

  private Timed guarded(LanguageModel engine, Guard guard, int i) {
    long from = System.nanoTime();
    int count =
        switch (new GuardedReply(engine, guard)
            .write(prompt(i), sampling(i), (verdict, text) -> Next.CONTINUE)) {
          case GuardedReply.Outcome.Finished finished -> finished.reply().replyTokens();
          case GuardedReply.Outcome.Refused refused -> refused.replyTokens();
        };
    return new Timed((System.nanoTime() - from) / 1e9, count);
  }

  private void answer(Path folder, List<Double> bare, List<Double> guarded, List<Double> ratios) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", folder.toString());
    answer.put("pairs", pairs);
    answer.put("tokens_at_most", tokens);
    answer.put("microseconds_per_token", micros(Quantile.of(bare, 0.5)));
    answer.put("microseconds_per_token_guarded", micros(Quantile.of(guarded, 0.5)));
    answer.put("overhead_median", Quantile.of(ratios, 0.5));
    answer.put("overhead_p99", Quantile.of(ratios, 0.99));
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "a token takes %.0f us, guarded %.0f us; median of the pairs' differences %.2f%%",
            1e6 * Quantile.of(bare, 0.5),
            1e6 * Quantile.of(guarded, 0.5),
            100 * Quantile.of(ratios, 0.5)));
  }

  private static double micros(double seconds) {
    return Math.round(seconds * 1e7) / 10.0;
  }
}
