package dev.forefront.cli;

import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.Sha256;
import dev.forefront.evaluate.Curve;
import dev.forefront.evaluate.Evaluation;
import dev.forefront.evaluate.EvaluationSettings;
import dev.forefront.evaluate.Report;
import dev.forefront.evaluate.ReportPage;
import dev.forefront.evaluate.Suite;
import dev.forefront.generate.Engine;
import dev.forefront.train.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Measures a road's three models on the same exams. Below {@code evaluate} each model gets a folder
 * with its report; the page of the last one shows the whole road.
 */
final class Examination {
  static final String PRETRAINED = "pretrained";
  static final String SUPERVISED = "supervised";
  static final String ALIGNED = "aligned";

  private static final String NAME = "evaluate";

  private final Road road;
  private final Supplier<List<Suite>> suites;
  private final String setsDigest;

  /**
   * @param suites opened only where something has to be measured
   * @param setsDigest identity of what the suites read from disk
   */
  Examination(Road road, Supplier<List<Suite>> suites, String setsDigest) {
    this.road = road;
    this.suites = suites;
    this.setsDigest = setsDigest;
  }

  /** The models by what they are called, in the order in which they came to be. */
  Map<String, Stage.Finished> models() {
    Map<String, Stage.Finished> models = new LinkedHashMap<>();
    models.put(PRETRAINED, road.pretrain());
    models.put(SUPERVISED, road.supervised());
    models.put(ALIGNED, road.preference());
    return models;
  }

  Stage.Finished run() {
    Recipe recipe = road.recipe();
    Map<String, String> inputs = new TreeMap<>();
    models().forEach((name, model) -> inputs.put(name, model.output()));
    inputs.put("recipe", Recipe.digest(recipe.evaluate(), recipe.data()));
    inputs.put("data", road.data().output());
    inputs.put("sets", setsDigest);
    inputs.put(
        "code",
        Code.digest(List.of("conversation", "token", "task", "data", "generate", "evaluate")));
    // Policies do not take old reports: every two weeks a model is measured anew.
    inputs.put("fortnight", Long.toString(LocalDate.now(ZoneOffset.UTC).toEpochDay() / 14));
    return road.further(NAME, inputs, Examination::digest, this::measure);
  }

  /** The folder of one model's report. */
  Path reportFolder(String model) {
    return road.run().resolve(NAME).resolve(model);
  }

  Report report(String model) {
    try {
      return Report.ofJson(Files.readString(reportFolder(model).resolve("report.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(Path folder) {
    StringBuilder lines = new StringBuilder();
    for (String model : List.of(PRETRAINED, SUPERVISED, ALIGNED)) {
      for (String file : List.of("report.json", "report.html")) {
        Path path = folder.resolve(model).resolve(file);
        lines.append(Files.exists(path) ? Sha256.hex(path) : "none").append('\n');
      }
    }
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private String measure(Path folder) {
    List<Suite> exam = suites.get();
    long items = exam.stream().mapToLong(Suite::items).sum();
    List<ReportPage.Stage> stages = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    models()
        .forEach(
            (name, model) -> {
              Evaluation.Outcome outcome = measure(name, Road.model(model), exam, items);
              problems.addAll(outcome.problems());
              outcome.report().write(folder.resolve(name));
              stages.add(
                  new ReportPage.Stage(
                      name, outcome.report(), Curve.read(model.folder().resolve("metrics.jsonl"))));
            });
    new ReportPage(road.recipe().name(), note(), stages)
        .write(folder.resolve(ALIGNED).resolve("report.html"));
    String summary = "%,d items asked of each of %d models".formatted(items, stages.size());
    return problems.isEmpty() ? summary : summary + "; " + String.join("; ", problems);
  }

  private Evaluation.Outcome measure(String name, Path model, List<Suite> exam, long items) {
    EvaluationSettings settings =
        EvaluationSettings.standard().withMaxTokens(road.recipe().evaluate().tokens());
    try (Engine engine = Engine.open(model);
        Progress progress = Progress.start("evaluate: " + name, items, "items")) {
      return Evaluation.run(engine, ModelDigest.of(model), exam, settings, progress);
    }
  }

  private static String note() {
    return "The gate reads these figures. A release made by ./forefront demo is signed by a DEMO"
        + " board: three keys on one machine, held by one person. It shows how release works and"
        + " vouches for nothing.";
  }

  /** The figures that people look for first, in words. */
  String figures(String model) {
    Report report = report(model);
    List<String> words = new ArrayList<>();
    rate(report, "harmful", "refusal_rate", "refuses harm", words);
    rate(report, "benign", "answer_rate", "answers twins", words);
    rate(report, "jailbreak", "refusal_rate", "refuses wrapped", words);
    rate(report, "dialogue", "accuracy", "knows", words);
    rate(report, "ends", "self_ended_rate", "ends", words);
    report
        .result("perplexity", "heldout_perplexity")
        .ifPresent(
            result -> words.add(String.format(Locale.ROOT, "perplexity %.2f", result.value())));
    return String.join("  ", words);
  }

  private static void rate(
      Report report, String suite, String metric, String name, List<String> words) {
    report
        .result(suite, metric)
        .ifPresent(
            result ->
                words.add(String.format(Locale.ROOT, "%s %.1f%%", name, 100 * result.value())));
  }
}
