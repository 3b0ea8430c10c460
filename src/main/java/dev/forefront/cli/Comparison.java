package dev.forefront.cli;

import dev.forefront.evaluate.Curve;
import dev.forefront.evaluate.RunPage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Several runs laid over each other; the first is what the others are measured by. */
record Comparison(List<RunCurves> runs) {

  static Comparison of(List<Path> folders) {
    return new Comparison(folders.stream().map(RunCurves::read).toList());
  }

  void write(Path file) {
    List<RunPage.Chart> charts = new ArrayList<>();
    charts.add(chart("loss, smoothed", run -> RunCurves.smoothed(run.curve(run.name(), "loss"))));
    charts.add(
        chart(
            "loss, smoothed, over seconds of updates",
            run -> RunCurves.smoothed(run.overTime(run.name(), "loss"))));
    charts.add(chart("held-out loss", run -> run.curve(run.name(), "held_out_loss")));
    charts.add(chart("gradient norm", run -> run.curve(run.name(), "grad_norm")));
    charts.add(chart("learning rate", run -> run.curve(run.name(), "lr")));
    charts.add(chart("tokens a second", run -> run.tokensPerSecond(run.name())));
    new RunPage("Runs compared", charts, rows(), List.of()).write(file);
  }

  private RunPage.Chart chart(String name, java.util.function.Function<RunCurves, Curve> curve) {
    return new RunPage.Chart(name, runs.stream().map(curve).toList());
  }

  /** Seconds of updates until a run's smoothed loss is as low as the first run's last one. */
  private OptionalDouble secondsToTheFirst(RunCurves run) {
    double goal = runs.getFirst().lastLoss();
    return RunCurves.smoothed(run.overTime("", "loss")).points().stream()
        .filter(point -> point.value() <= goal)
        .mapToDouble(Curve.Point::step)
        .findFirst();
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "run", "updates", "tokens", "seconds", "loss (smoothed)", "as low as the first after"));
    for (RunCurves run : runs) {
      OptionalDouble seconds = secondsToTheFirst(run);
      rows.add(
          List.of(
              run.name(),
              RunCurves.format("%,d", run.updates().size()),
              RunCurves.format("%,d", run.tokens()),
              RunCurves.format("%,.1f", run.seconds()),
              RunCurves.format("%.4f", run.lastLoss()),
              seconds.isEmpty()
                  ? "never"
                  : RunCurves.format(
                      "%,.1f s (%.0f%%)",
                      seconds.getAsDouble(),
                      100 * seconds.getAsDouble() / runs.getFirst().seconds())));
    }
    return rows;
  }

  String forPeople(Path page) {
    StringBuilder text = new StringBuilder();
    List<List<String>> rows = rows();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        int width = width(rows, column);
        text.append(RunCurves.format("%-" + (width + 2) + "s", row.get(column)));
      }
      text.append('\n');
    }
    return text.append("curves: ").append(page).toString();
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
  }

  List<Map<String, Object>> forPrograms() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (RunCurves run : runs) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("run", run.name());
      row.put("updates", run.updates().size());
      row.put("tokens", run.tokens());
      row.put("seconds", run.seconds());
      row.put("loss", run.lastLoss());
      secondsToTheFirst(run).ifPresent(seconds -> row.put("seconds_to_first", seconds));
      all.add(row);
    }
    return all;
  }
}
