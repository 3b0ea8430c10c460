package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.evaluate.Curve;
import dev.forefront.evaluate.RunPage;
import dev.forefront.train.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code report.html} of a training stage: its curves and what the model wrote on the way. */
final class RunReport {
  static final String FILE = "report.html";

  private static final Set<String> OWN_CHARTS =
      Set.of("step", "loss", "held_out_loss", "grad_norm", "lr", "tokens", "seconds", "counted");

  private RunReport() {}

  /** Writes it beside the metrics; does nothing where no update was made yet. */
  static void write(Path stage, String title) {
    if (!Files.exists(stage.resolve(Metrics.FILE))) {
      return;
    }
    RunCurves run;
    try {
      run = RunCurves.read(stage);
    } catch (BadInputException empty) {
      return;
    }
    List<RunPage.Chart> charts = new ArrayList<>();
    charts.add(
        new RunPage.Chart(
            "loss",
            List.of(
                run.curve("loss", "loss"),
                RunCurves.smoothed(run.curve("smoothed", "loss")),
                run.curve("held out", "held_out_loss"))));
    charts.add(chart("gradient norm", run.curve("before clipping", "grad_norm")));
    charts.add(chart("learning rate", run.curve("lr", "lr")));
    charts.add(chart("tokens a second", run.tokensPerSecond("tokens/s")));
    for (String further : further(run)) {
      charts.add(
          new RunPage.Chart(
              further.replace('_', ' '),
              List.of(
                  run.curve(further, further),
                  run.curve("low", further + SuiteLook.LOW),
                  run.curve("high", further + SuiteLook.HIGH))));
    }
    new RunPage(title, charts, facts(run), samples(run)).write(stage.resolve(FILE));
  }

  private static RunPage.Chart chart(String name, Curve curve) {
    return new RunPage.Chart(name, List.of(curve));
  }

  private static Set<String> further(RunCurves run) {
    Set<String> names = new TreeSet<>();
    run.updates().forEach(update -> names.addAll(update.propertyNames()));
    names.removeAll(OWN_CHARTS);
    names.removeIf(name -> name.endsWith(SuiteLook.LOW) || name.endsWith(SuiteLook.HIGH));
    return names;
  }

  private static List<List<String>> facts(RunCurves run) {
    List<List<String>> facts = new ArrayList<>();
    facts.add(List.of("", "whole run"));
    facts.add(List.of("updates", RunCurves.format("%,d", run.updates().size())));
    facts.add(List.of("tokens read", RunCurves.format("%,d", run.tokens())));
    facts.add(List.of("seconds of updates", RunCurves.format("%,.1f", run.seconds())));
    facts.add(List.of("last loss, smoothed", RunCurves.format("%.4f", run.lastLoss())));
    return facts;
  }

  private static List<RunPage.Sample> samples(RunCurves run) {
    return run.samples().stream()
        .map(
            line ->
                new RunPage.Sample(
                    line.path("step").asInt() + 1,
                    line.path("prompt").asString(""),
                    line.path("text").asString("")))
        .toList();
  }
}
