package dev.forefront.cli;

import dev.forefront.evaluate.Report;
import dev.forefront.evaluate.Result;
import dev.forefront.release.Admitted;
import dev.forefront.release.Decision;
import dev.forefront.release.Refused;
import dev.forefront.release.Release;
import dev.forefront.train.Recipe;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole road on one command: text, model, alignment, exams, gate, chat. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Walk the whole road on a small model: data, tokenizer, training, alignment, exams, the gate,"
          + " the chat.",
      "What is finished under equal inputs is not done again."
    },
    footer = {
      "",
      "Example: ./forefront demo",
      "         ./forefront demo --recipe recipes/real-small.yaml --no-serve",
      "         ./forefront demo --seed 2 --run runs/demo-2 --no-serve --json"
    })
final class DemoVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description = "What to make (default: recipes/demo.yaml).")
  private @Nullable Path recipeFile;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run's folder (default: runs/ and the recipe's name).")
  private @Nullable Path run;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where sets are kept (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the weights, of every order and of the built-in world.")
  private @Nullable Long seed;

  @Option(names = "--no-serve", description = "End before the chat.")
  private boolean noServe;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where the chat listens (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Mixin private Output output = new Output();

  /** What the gate said about one model. */
  private record Verdict(String model, Decision decision) {}

  @Override
  public Integer call() {
    long from = System.nanoTime();
    Recipe recipe = recipe();
    Path folder = run == null ? Road.folder(recipe) : run;
    Road road =
        new Road(
            recipe, folder, new RecipeSyllabus(recipe.data(), data), data, Stage.Remains.CONTINUE);
    StageLines lines = new StageLines(spec.commandLine().getOut(), output);
    lines.add(Road.DATA, road.data());
    lines.add(Road.TOKENIZER, road.tokenizer());
    lines.add("train", road.pretrain());
    lines.add("align", road.supervised());
    lines.add("", road.preference());
    Examination exam = exam(road);
    lines.add("evaluate", exam.run());
    exam.models()
        .keySet()
        .forEach(model -> lines.more("%-11s %s".formatted(model, exam.figures(model))));
    List<Verdict> verdicts = decide(road, exam);
    verdicts.forEach(verdict -> print(verdict, lines));
    Optional<Release> release = released(verdicts);
    double minutes = (System.nanoTime() - from) / 60e9;
    answer(minutes, verdicts, exam, release);
    if (release.isEmpty()) {
      return Exit.REFUSED;
    }
    return noServe ? Exit.DONE : serve(release.get(), folder);
  }

  private Recipe recipe() {
    Recipe read = Recipe.read(recipeFile == null ? Home.file("recipes/demo.yaml") : recipeFile);
    return seed == null ? read : read.withSeed(seed);
  }

  private Examination exam(Road road) {
    Recipe recipe = road.recipe();
    SuiteSource source = SuiteSource.of(recipe, data, road.data().folder());
    return new Examination(
        road,
        () -> Suites.of(recipe.evaluate().suites(), source, recipe.evaluate().samples()),
        Suites.digest(recipe.evaluate().suites(), source));
  }

  private List<Verdict> decide(Road road, Examination exam) {
    Releasing releasing = new Releasing(road.run(), Home.file(road.recipe().policy()));
    List<Verdict> verdicts = new ArrayList<>();
    Map<String, Path> earlier = new LinkedHashMap<>();
    exam.models()
        .forEach(
            (name, model) -> {
              Path report = exam.reportFolder(name);
              verdicts.add(
                  new Verdict(
                      name,
                      releasing.decide(
                          road.recipe().name() + "-" + name,
                          Road.model(model),
                          model.output(),
                          report,
                          earlier)));
              earlier.put(String.valueOf(model.folder().getFileName()), report);
            });
    return verdicts;
  }

  private static void print(Verdict verdict, StageLines lines) {
    switch (verdict.decision()) {
      case Refused refused -> {
        lines.say("release", verdict.model() + " is REFUSED by the gate:");
        refused.reasons().forEach(reason -> lines.more("  - " + reason));
      }
      case Admitted admitted -> {
        Release release = admitted.release();
        lines.say(
            "release",
            "%s is ADMITTED as %s, signed by %s%s"
                .formatted(
                    verdict.model(),
                    release.name(),
                    String.join(" and ", release.signers()),
                    release.isDemoBoard() ? " of a DEMO board, which vouches for nothing" : ""));
      }
    }
  }

  /** The last one that the gate let out. */
  private static Optional<Release> released(List<Verdict> verdicts) {
    return verdicts.reversed().stream()
        .flatMap(
            verdict ->
                verdict.decision() instanceof Admitted admitted
                    ? Optional.of(admitted.release()).stream()
                    : Optional.<Release>empty().stream())
        .findFirst();
  }

  private void answer(
      double minutes, List<Verdict> verdicts, Examination exam, Optional<Release> release) {
    Report report = exam.report(Examination.ALIGNED);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("minutes", Math.round(minutes * 100) / 100.0);
    Map<String, Object> decisions = new LinkedHashMap<>();
    verdicts.forEach(
        verdict ->
            decisions.put(
                verdict.model(), verdict.decision() instanceof Admitted ? "admitted" : "refused"));
    answer.put("decisions", decisions);
    answer.put("harmful_refusal", rate(report, "harmful", "refusal_rate"));
    answer.put("benign_answer", rate(report, "benign", "answer_rate"));
    answer.put("jailbreak_refusal", rate(report, "jailbreak", "refusal_rate"));
    answer.put("self_ended", rate(report, "ends", "self_ended_rate"));
    answer.put(
        "heldout_perplexity",
        report.result("perplexity", "heldout_perplexity").map(Result::value).orElse(null));
    answer.put("release", release.map(Release::name).orElse(null));
    Path page = exam.reportFolder(Examination.ALIGNED).resolve("report.html");
    answer.put("report", page.toString());
    PrintWriter out = spec.commandLine().getOut();
    output.answer(
        out, answer, "%-11s %s  (%.1f minutes in all)".formatted("report", page, minutes));
  }

  private static @Nullable Map<String, Object> rate(Report report, String suite, String metric) {
    return report
        .result(suite, metric)
        .map(
            result -> {
              Map<String, Object> rate = new LinkedHashMap<>();
              rate.put("rate", result.value());
              rate.put("low", result.low());
              rate.put("high", result.high());
              rate.put("n", result.n());
              return rate;
            })
        .orElse(null);
  }

  private int serve(Release release, Path folder) {
    ServeVerb.serve(release, folder.resolve("serve"), port, spec.commandLine().getOut());
    return Exit.DONE;
  }
}
