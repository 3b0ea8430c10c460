package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.generate.Engine;
import dev.forefront.generate.IdModel;
import dev.forefront.generate.Watch;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardedReply;
import dev.forefront.token.Decoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
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
      names = "--guard",
      paramLabel = "DIR",
      description =
          "The guard's files, a probe for this model among them or not (default: the built-in guard).")
  private @Nullable Path guard;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Path folder = Objects.requireNonNull(model);
    try (Engine engine = Engine.open(folder, new LoadedFiles())) {
      LanguageModel endless = new Endless(engine);
      GuardedReply guarded =
          new GuardedReply(endless, guard == null ? Guard.builtIn() : Guard.open(guard));
      Compared longer = compare("long replies", endless, guarded, tokens);
      Compared shorter = compare("short replies", endless, guarded, SHORT);
      answer(folder, longer, shorter);
    }
    return Exit.DONE;
  }

  /** Pairs of replies of one length, in seconds: without the guard and with it. */
  private record Compared(List<Double> bare, List<Double> guarded) {
    /** What the guard added to each. */
    List<Double> added() {
      List<Double> added = new ArrayList<>();
      for (int i = 0; i < bare.size(); i++) {
        added.add(guarded.get(i) - bare.get(i));
      }
      return added;
    }
  }

  private Compared compare(String task, LanguageModel endless, GuardedReply guarded, int length) {
    Compared compared = new Compared(new ArrayList<>(), new ArrayList<>());
    try (Progress progress = Progress.start(task, WARM_UP + pairs, "pairs")) {
      for (int i = 0; compared.bare().size() < pairs && i < 4 * pairs + WARM_UP; i++) {
        Conversation prompt = prompt(i);
        Sampling sampling = Sampling.chat(length, i);
        // The first of a pair changes, so that neither always finds warm caches.
        boolean guardFirst = i % 2 == 0;
        double before = guardFirst ? 0 : bare(endless, prompt, sampling);
        double with = guarded(guarded, prompt, sampling);
        double without = guardFirst ? bare(endless, prompt, sampling) : before;
        // A reply that the guard stops is shorter than its pair and compares with nothing.
        if (i >= WARM_UP && !Double.isNaN(with)) {
          compared.guarded().add(with);
          compared.bare().add(without);
        }
        progress.at(Math.min(i + 1L, WARM_UP + pairs));
      }
    }
    if (compared.bare().isEmpty()) {
      throw new BadInputException(
          "the guard stopped every reply of this model: nothing to compare");
    }
    return compared;
  }

  private static Conversation prompt(int i) {
    return Conversation.of(Message.user("Tell me a long story about a fox and " + i + " birds."));
  }

  private static double bare(LanguageModel model, Conversation prompt, Sampling sampling) {
    long from = System.nanoTime();
    model.reply(prompt, sampling, LanguageModel.Listener.SILENT);
    return (System.nanoTime() - from) / 1e9;
  }

  /** NaN where the guard stopped the reply. */
  private static double guarded(GuardedReply model, Conversation prompt, Sampling sampling) {
    long from = System.nanoTime();
    GuardedReply.Outcome outcome =
        model.write(prompt, sampling, (verdict, text) -> LanguageModel.Next.CONTINUE);
    return outcome instanceof GuardedReply.Outcome.Finished
        ? (System.nanoTime() - from) / 1e9
        : Double.NaN;
  }

  private void answer(Path folder, Compared longer, Compared shorter) {
    double bare = Quantile.of(longer.bare(), 0.5) / tokens;
    double guarded = Quantile.of(longer.guarded(), 0.5) / tokens;
    List<Double> shares = longer.added();
    for (int i = 0; i < shares.size(); i++) {
      shares.set(i, shares.get(i) / longer.bare().get(i));
    }
    double median = Quantile.of(shares, 0.5);
    double slowest = Quantile.of(longer.guarded(), 0.99) / Quantile.of(longer.bare(), 0.99) - 1;
    double perShortReply = Quantile.of(shorter.added(), 0.5);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", folder.toString());
    answer.put("pairs", longer.bare().size());
    answer.put("tokens", tokens);
    answer.put("microseconds_per_token", micros(bare));
    answer.put("microseconds_per_token_guarded", micros(guarded));
    answer.put("overhead_median", median);
    // How much slower the slow replies are. The slowest of the pairs' differences say how much the
    // machine does beside it, for they are as far on the other side too.
    answer.put("overhead_p99", slowest);
    answer.put("pair_difference_p01", Quantile.of(shares, 0.01));
    answer.put("pair_difference_p99", Quantile.of(shares, 0.99));
    answer.put("microseconds_added_to_a_reply_of_%d".formatted(SHORT), micros(perShortReply));
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "in replies of %d tokens one takes %.0f us, guarded %.0f us; median of the pairs' differences %.2f%%, the 99th percentiles apart %.2f%%; a reply of %d tokens takes %.0f us longer",
            tokens,
            1e6 * bare,
            1e6 * guarded,
            100 * median,
            100 * slowest,
            SHORT,
            1e6 * perShortReply));
  }

  private static double micros(double seconds) {
    return Math.round(seconds * 1e7) / 10.0;
  }

  /** Writes as many tokens as it may, so that replies of one length can be compared. */
  private record Endless(Engine engine) implements LanguageModel {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public int contextLength() {
      return engine.contextLength();
    }

    @Override
    public int countTokens(Conversation conversation) {
      return engine.countTokens(conversation);
    }

    @Override
    public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
      return said(
          conversation,
          listener,
          (prompt, each) -> engine.ids().write(prompt, sampling, id -> false, each));
    }

    @Override
    public Watched watched(Probe probe) {
      Watched checked = engine.watched(probe);
      Watch watch = engine.ids().watch(probe);
      return new Watched() {
        @Override
        public Reply reply(
            Conversation conversation, Sampling sampling, Readings readings, Listener listener) {
          return said(
              conversation,
              listener,
              (prompt, each) ->
                  engine.ids().write(prompt, sampling, id -> false, watch, readings, each));
        }

        @Override
        public void read(Conversation conversation, Readings readings) {
          checked.read(conversation, readings);
        }
      };
    }

    private interface Written {
      StopReason by(int[] prompt, Function<IdModel.ScoredToken, Next> each);
    }

    private Reply said(Conversation conversation, Listener listener, Written written) {
      int[] prompt = engine.prompt(conversation);
      Decoder decoder = engine.tokenizer().stream();
      StringBuilder text = new StringBuilder();
      AtomicInteger count = new AtomicInteger();
      StopReason stop =
          written.by(
              prompt,
              token -> {
                String piece = decoder.push(token.id());
                text.append(piece);
                return listener.piece(piece, count.incrementAndGet());
              });
      return new Reply(text.toString(), stop, prompt.length, count.get(), "");
    }

    @Override
    public Score score(String context, String continuation) {
      return engine.score(context, continuation);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
