package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.evaluate.Evaluation;
import dev.forefront.evaluate.EvaluationSettings;
import dev.forefront.evaluate.Report;
import dev.forefront.evaluate.Result;
import dev.forefront.evaluate.Suite;
import dev.forefront.generate.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure a model: every figure with its 95%% confidence interval and n.",
      "Replies are greedy, and the same source gives the same items."
    },
    footer = {
      "",
      "Example: ./forefront evaluate --model runs/demo/preference/model --suite harmful,benign,perplexity \\",
      "             --output runs/demo/evaluation",
      "         ./forefront data pull cap-blimp --from /mnt/sets",
      "         ./forefront evaluate --model runs/demo/pretrain/model --suite blimp --samples 2000 --json"
    })
final class EvaluateVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A Hugging Face folder or a GGUF file.")
  private Path model = Path.of("");

  @Option(
      names = "--suite",
      required = true,
      split = ",",
      paramLabel = "NAME",
      completionCandidates = Suites.Names.class,
      description = "What to measure: ${COMPLETION-CANDIDATES}.")
  private List<String> suites = List.of();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where sets are kept (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--held-out",
      paramLabel = "FILE",
      description = "A corpus.jsonl for perplexity, such as a run's data/heldout/corpus.jsonl.")
  private @Nullable Path heldOut;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "The most items of each suite, chosen by lot (default: ${DEFAULT-VALUE}).")
  private int samples = 1000;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "The most tokens of a reply (default: ${DEFAULT-VALUE}).")
  private int tokens = EvaluationSettings.standard().maxTokens();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the built-in world and of the lots (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Gets report.json, the evidence for a release, and report.html.")
  private @Nullable Path output;

  @Mixin private Output answer = new Output();

  @Override
  public Integer call() {
    if (tokens < 1) {
      throw new BadInputException("--tokens must be at least 1, not " + tokens);
    }
    List<Suite> wanted =
        Suites.of(suites, new SuiteSource(seed, data, Optional.ofNullable(heldOut)), samples);
    Evaluation.Outcome outcome = measure(wanted);
    Report report = outcome.report();
    if (output != null) {
      report.write(output);
    }
    outcome.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
    spec.commandLine().getErr().flush();
    answer.answer(spec.commandLine().getOut(), figures(report), table(report));
    return wanted.stream().allMatch(suite -> isMeasured(suite, report)) ? Exit.DONE : Exit.FAILED;
  }

  private Evaluation.Outcome measure(List<Suite> wanted) {
    String digest = ModelDigest.of(model);
    long items = wanted.stream().mapToLong(Suite::items).sum();
    try (Engine engine = Engine.open(model);
        Progress progress = Progress.start("evaluate", items, "items")) {
      return Evaluation.run(
          engine, digest, wanted, EvaluationSettings.standard().withMaxTokens(tokens), progress);
    }
  }

  /** A suite of which not one item could be asked has not been measured. */
  private static boolean isMeasured(Suite suite, Report report) {
    return report.result(suite.name(), "error_rate").map(Result::value).orElse(0.0) < 1;
  }

  private static List<Map<String, Object>> figures(Report report) {
    List<Map<String, Object>> figures = new ArrayList<>();
    for (Result result : whole(report)) {
      figures.add(figure(result));
    }
    return figures;
  }

  /** One figure, for programs. */
  static Map<String, Object> figure(Result result) {
    Map<String, Object> figure = new LinkedHashMap<>();
    figure.put("suite", result.suite());
    figure.put("metric", result.metric());
    figure.put("value", result.value());
    figure.put("low", result.low());
    figure.put("high", result.high());
    figure.put("n", result.n());
    return figure;
  }

  /** Of whole suites; figures by hazard are in the report alone. */
  private static List<Result> whole(Report report) {
    return report.results().stream().filter(result -> result.hazard().isEmpty()).toList();
  }

  private String table(Report report) {
    List<String> lines = new ArrayList<>();
    for (Result result : whole(report)) {
      lines.add(
          "%-34s %-20s %9s   %9s to %9s   n = %,d"
              .formatted(
                  result.suite(),
                  result.metric().replace('_', ' '),
                  figure(result, result.value()),
                  figure(result, result.low()),
                  figure(result, result.high()),
                  result.n()));
    }
    if (output != null) {
      lines.add("report: " + output.resolve("report.html"));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String figure(Result result, double value) {
    return result.isRate()
        ? String.format(Locale.ROOT, "%.1f%%", 100 * value)
        : String.format(Locale.ROOT, value < 1e6 ? "%,.3f" : "%.3g", value);
  }
}
