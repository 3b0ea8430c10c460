package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardedReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
  private static final int WARM_UP = 100;
  private static final int SHORT = 8;

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
      description = "Tokens of a long reply; a short one has 8 (default: ${DEFAULT-VALUE}).")
  private int tokens = 128;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Replies are made of this text, whatever the model writes: one with random weights takes"
              + " its usual time, and the guard reads what people write.")
  private @Nullable Path text;

  @Option(
      names = "--rehearsal",
      paramLabel = "SECONDS",
      description =
          "How long the guard reads before anything is timed, as one that has served for a while"
              + " (default: ${DEFAULT-VALUE}).")
  private int rehearsal = 10;

  @Option(
      names = "--guard",
      paramLabel = "DIR",
      description =
          "The guard's files, a probe for this model among them or not (default: the built-in"
              + " guard).")
  private @Nullable Path guard;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    if (rehearsal < 0) {
      throw new ParameterException(
          spec.commandLine(), "--rehearsal takes seconds, not " + rehearsal);
    }
    Path folder = Objects.requireNonNull(model);
    try (Engine engine = Engine.open(folder, new LoadedFiles())) {
      Endless endless = Endless.of(engine, text == null ? new int[0] : dictated(engine, text));
      Guard judge = guard == null ? Guard.builtIn() : Guard.open(guard);
      GuardedReply guarded = new GuardedReply(endless, judge);
      rehearse(endless, judge);
      answer(
          folder,
          compare("long replies", endless, guarded, tokens),
          compare("short replies", endless, guarded, SHORT));
    }
    return Exit.DONE;
  }

  /**
   * Has the guard read for some seconds what it will read, as one that has served for a while:
   * before it is compiled it takes many times as long.
   */
  private void rehearse(Endless endless, Guard judge) {
    long end = System.nanoTime() + rehearsal * 1_000_000_000L;
    if (rehearsal == 0) {
      return;
    }
    int[] ids = endless.dictated().length == 0 ? written(endless) : endless.dictated();
    GuardedReply guarded = new GuardedReply(Endless.silent(endless.engine(), ids), judge);
    int length = Math.max(tokens, endless.contextLength() / 2);
    for (int number = 0; System.nanoTime() < end; number++) {
      guarded.write(
          prompt(number),
          Sampling.chat(length, number),
          (verdict, text) ->
              System.nanoTime() < end ? LanguageModel.Next.CONTINUE : LanguageModel.Next.STOP);
    }
  }

  /** What the model writes by itself. */
  private int[] written(Endless endless) {
    Reply reply = endless.reply(prompt(0), Sampling.chat(tokens, 0), LanguageModel.Listener.SILENT);
    return endless.engine().tokenizer().encode(reply.text());
  }

  private static Conversation prompt(int number) {
    return Conversation.of(
        Message.user("Tell me a long story about a fox and " + number + " birds."));
  }

  private static int[] dictated(Engine engine, Path text) {
    int[] ids = engine.tokenizer().encode(TextFile.read(text));
    if (ids.length == 0) {
      throw new BadInputException(text + " is empty: name a file with a text to make replies of");
    }
    return ids;
  }

  /** The ways to answer that a round takes; the last shows what two equal ways differ by. */
  private enum Way {
    ALONE,
    GUARDED,
    ALONE_AGAIN
  }

  /**
   * What one way took, in seconds.
   *
   * @param replies whole ones, one a round
   * @param tokens from one token to the next, of all replies
   * @param heard what who listens took of the processor for each token
   */
  private record Taken(List<Double> replies, List<Double> tokens, List<Double> heard) {
    static Taken nothing() {
      return new Taken(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    void add(Taken more) {
      replies.addAll(more.replies);
      tokens.addAll(more.tokens);
      heard.addAll(more.heard);
    }

    /** By how much of the other's time a share of these take longer. */
    double above(Taken other, double share) {
      return Quantile.of(tokens, share) / Quantile.of(other.tokens, share) - 1;
    }

    /** How much longer than the other's each reply took, as a share of it. */
    List<Double> longer(Taken other) {
      return added(other, (mine, theirs) -> mine / theirs - 1);
    }

    /** How much longer than the other's each reply took, in seconds. */
    List<Double> added(Taken other) {
      return added(other, (mine, theirs) -> mine - theirs);
    }

    private List<Double> added(Taken other, DoubleBinaryOperator how) {
      return IntStream.range(0, replies.size())
          .mapToObj(at -> how.applyAsDouble(replies.get(at), other.replies.get(at)))
          .toList();
    }
  }

  private Map<Way, Taken> compare(String task, Endless endless, GuardedReply guarded, int length) {
    Map<Way, Taken> all = new EnumMap<>(Way.class);
    for (Way way : Way.values()) {
      all.put(way, Taken.nothing());
    }
    int rounds = 0;
    try (Progress progress = Progress.start(task, WARM_UP + pairs, "pairs")) {
      for (int i = 0; rounds < pairs && i < 4 * pairs + WARM_UP; i++) {
        Map<Way, Taken> round = round(endless, guarded, length, i);
        // A reply that the guard stops is shorter than its pair and compares with nothing.
        if (i >= WARM_UP && round.size() == all.size()) {
          rounds++;
          round.forEach((way, taken) -> taken(all, way).add(taken));
        }
        progress.at(Math.min(i + 1L, WARM_UP + pairs));
      }
    }
    if (rounds == 0) {
      throw new BadInputException(
          "the guard stopped every reply of this model: nothing to compare");
    }
    return all;
  }

  private static Taken taken(Map<Way, Taken> all, Way way) {
    return Objects.requireNonNull(all.get(way));
  }

  /** One reply each way, without those that the guard stopped. */
  private static Map<Way, Taken> round(
      Endless endless, GuardedReply guarded, int length, int number) {
    Conversation prompt = prompt(number);
    Sampling sampling = Sampling.chat(length, number);
    Map<Way, Taken> round = new EnumMap<>(Way.class);
    Way[] ways = Way.values();
    for (int turn = 0; turn < ways.length; turn++) {
      // The first of a round changes, so that none always finds warm caches.
      Way way = ways[(number + turn) % ways.length];
      endless.written().clear();
      endless.heard().clear();
      long from = System.nanoTime();
      boolean whole = true;
      if (way == Way.GUARDED) {
        whole =
            guarded.write(prompt, sampling, (verdict, text) -> LanguageModel.Next.CONTINUE)
                instanceof GuardedReply.Outcome.Finished;
      } else {
        endless.reply(prompt, sampling, LanguageModel.Listener.SILENT);
      }
      double reply = (System.nanoTime() - from) / 1e9;
      if (whole) {
        round.put(
            way,
            new Taken(List.of(reply), between(endless.written()), List.copyOf(endless.heard())));
      }
    }
    return round;
  }

  /** Seconds from each moment to the next. */
  private static List<Double> between(List<Long> moments) {
    return IntStream.range(1, moments.size())
        .mapToObj(at -> (moments.get(at) - moments.get(at - 1)) / 1e9)
        .toList();
  }

  private void answer(Path folder, Map<Way, Taken> longReplies, Map<Way, Taken> shortReplies) {
    Taken alone = taken(longReplies, Way.ALONE);
    Taken guarded = taken(longReplies, Way.GUARDED);
    Taken again = taken(longReplies, Way.ALONE_AGAIN);
    List<Double> shares = guarded.longer(alone);
    double bareToken = Quantile.of(alone.replies(), 0.5) / tokens;
    double guardedToken = Quantile.of(guarded.replies(), 0.5) / tokens;
    double median = Quantile.of(shares, 0.5);
    double slowest = guarded.above(alone, 0.99);
    double control = again.above(alone, 0.99);
    double perShortReply =
        Quantile.of(taken(shortReplies, Way.GUARDED).added(taken(shortReplies, Way.ALONE)), 0.5);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", folder.toString());
    answer.put("pairs", shares.size());
    answer.put("tokens", tokens);
    answer.put("microseconds_per_token", micros(bareToken));
    answer.put("microseconds_per_token_guarded", micros(guardedToken));
    answer.put("overhead_median", median);
    answer.put("overhead_p99", slowest);
    answer.put("token_overhead_median", guarded.above(alone, 0.5));
    // The same replies once more without a guard: what the machine's other work makes of nothing.
    answer.put("control_median", Quantile.of(again.longer(alone), 0.5));
    answer.put("control_p99", control);
    // The guard's own work: not what its memory makes slower elsewhere, nor what others do
    // meanwhile.
    // The clock's own cost is what a listener seems to take who does nothing.
    double clock = Quantile.of(alone.heard(), 0.5);
    double usual = Quantile.of(alone.tokens(), 0.5);
    double mean = Math.max(0, mean(guarded.heard()) - clock);
    double slow = Math.max(0, Quantile.of(guarded.heard(), 0.99) - clock);
    answer.put("microseconds_in_guard_mean", micros(mean));
    answer.put("microseconds_in_guard_p99", micros(slow));
    answer.put("in_guard_mean", mean / usual);
    answer.put("in_guard_p99", slow / usual);
    answer.put("pair_difference_p01", Quantile.of(shares, 0.01));
    answer.put("pair_difference_p99", Quantile.of(shares, 0.99));
    answer.put("microseconds_added_to_a_reply_of_%d".formatted(SHORT), micros(perShortReply));
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "in replies of %d tokens one takes %.0f us, guarded %.0f us; median of the pairs'"
                + " differences %.2f%%; the slowest hundredth of tokens %.2f%% slower (%.2f%% where"
                + " nothing is added); the guard computes for %.2f%% of a usual token's time, for 99 of"
                + " 100 tokens less than %.2f%%; a reply of %d tokens takes %.0f us longer",
            tokens,
            1e6 * bareToken,
            1e6 * guardedToken,
            100 * median,
            100 * slowest,
            100 * control,
            100 * mean / usual,
            100 * slow / usual,
            SHORT,
            1e6 * perShortReply));
  }

  private static double mean(List<Double> seconds) {
    return seconds.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  private static double micros(double seconds) {
    return Math.round(seconds * 1e7) / 10.0;
  }
}
