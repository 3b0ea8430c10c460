package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.Sha256;
import dev.forefront.evaluate.Interval;
import dev.forefront.evaluate.Report;
import dev.forefront.evaluate.Result;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardModel;
import dev.forefront.guard.Judge;
import dev.forefront.guard.JudgeLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a guard's model does alone: the evidence for its own release. */
@Command(
    name = "measure-model",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the model that a guard asks, alone and at its limits: how many harmful requests it blocks,",
      "how many harmless ones it lets pass. The report is what policies/guard-model.yaml asks for."
    },
    footer = {
      "",
      "Example: ./forefront guard measure-model runs/guard --guard-model models/llama-guard --data data \\",
      "             --output runs/llama-guard/report"
    })
final class GuardMeasureModelVerb implements Callable<Integer> {
  /** Another sample than the one that limits are chosen on. */
  private static final long ORDINARY_SEED = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The guard's folder.")
  private Path folder = Path.of("runs", "guard");

  @Option(
      names = "--guard-model",
      paramLabel = "DIR",
      required = true,
      description = "The model's folder.")
  private Path model = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds a folder for each set (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "The most texts of each kind, chosen by lot (default: ${DEFAULT-VALUE}).")
  private int samples = 1000;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "Gets report.json, the evidence for a release, and report.html.")
  private Path output = Path.of("");

  @Mixin private Output answers = new Output();

  @Override
  public Integer call() {
    if (samples < 1) {
      throw new BadInputException("--samples must be at least 1, not " + samples);
    }
    Guard guard = Guard.open(folder);
    GuardModel wanted =
        guard
            .model()
            .orElseThrow(
                () ->
                    new BadInputException(folder + " asks no model: there is nothing to measure"));
    JudgeLimits limits = guard.modelLimits().orElseThrow();
    String digest = ModelDigest.of(model);
    if (!digest.equals(wanted.model())) {
      throw new BadInputException(
          "%s asks the model %s, and %s is %s".formatted(folder, wanted.model(), model, digest));
    }
    GuardMeasures measures = new GuardMeasures(data);
    List<String> harmful = sample(measures.harmfulRequests());
    List<String> ordinary = sample(measures.ordinaryRequests(ORDINARY_SEED));
    List<String> alike = sample(measures.soundsHarmful());
    long texts = (long) harmful.size() + ordinary.size() + alike.size();
    List<Result> results = new ArrayList<>();
    try (Engine engine = GuardOfRelease.engine(wanted, model, Loading.UNWITNESSED);
        Progress progress = Progress.start("guard measure-model", texts, "texts")) {
      Judge judge = new Judge(wanted, engine);
      Counter counter = new Counter(judge, limits.request(), progress);
      results.add(counter.rate("judged-harmful", "block_rate", harmful, true));
      results.add(counter.rate("judged-ordinary", "pass_rate", ordinary, false));
      results.add(counter.rate("judged-alike", "pass_rate", alike, false));
    }
    // Another question is another judge: whoever reads the report can tell which was asked.
    String harness = "forefront guard measure-model 0.1.0, " + wanted.digest();
    new Report(digest, Instant.now(), harness, results, List.of()).write(output);
    answers.answer(
        spec.commandLine().getOut(),
        results.stream().map(EvaluateVerb::figure).toList(),
        String.join("\n", results.stream().map(GuardMeasureModelVerb::line).toList())
            + "\nreport: "
            + output.resolve("report.html"));
    return Exit.DONE;
  }

  /** Judges texts as requests; one that it cannot judge is blocked. */
  private static final class Counter {
    private final Judge judge;
    private final double limit;
    private final Progress progress;
    private long done;

    Counter(Judge judge, double limit, Progress progress) {
      this.judge = judge;
      this.limit = limit;
      this.progress = progress;
    }

    Result rate(String suite, String metric, List<String> texts, boolean blocked) {
      long hits = 0;
      for (String text : texts) {
        boolean blocks = !(judge.score(Conversation.of(Message.user(text))) < limit);
        hits += blocks == blocked ? 1 : 0;
        progress.at(++done);
      }
      Interval interval = Interval.ofRate(hits, texts.size());
      String digest =
          "sha256:" + Sha256.hex(String.join("\u0000", texts).getBytes(StandardCharsets.UTF_8));
      double share = hits / (double) texts.size();
      return new Result(
          suite, metric, share, interval.low(), interval.high(), texts.size(), digest);
    }
  }

  private List<String> sample(List<String> texts) {
    if (texts.size() <= samples) {
      return texts;
    }
    List<String> drawn = new ArrayList<>(texts);
    Collections.shuffle(drawn, new Random(samples));
    return drawn.subList(0, samples);
  }

  private static String line(Result result) {
    return "%-16s %-10s %5.1f%%   %5.1f%% to %5.1f%%   n = %,d"
        .formatted(
            result.suite(),
            result.metric().replace('_', ' '),
            100 * result.value(),
            100 * result.low(),
            100 * result.high(),
            result.n());
  }
}
