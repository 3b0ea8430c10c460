package dev.forefront.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line for each stage as it ends; for programs, all of them at the end. */
final class StageLines {
  private final PrintWriter out;
  private final Output output;
  private final List<Map<String, Object>> rows = new ArrayList<>();

  StageLines(PrintWriter out, Output output) {
    this.out = out;
    this.output = output;
  }

  void add(String name, Stage.Finished stage) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("stage", name);
    row.put("folder", stage.folder().toString());
    row.put("output", stage.output());
    row.put("summary", stage.summary());
    row.put("seconds", Math.round(stage.seconds() * 10) / 10.0);
    row.put("reused", stage.reused());
    rows.add(row);
    say(name, stage.summary() + "  " + time(stage));
  }

  /** A stage's name and one line about it. */
  void say(String name, String line) {
    if (!output.isJson()) {
      out.printf("%-11s %s%n", name, line);
      out.flush();
    }
  }

  /** A line that belongs to the stage above. */
  void more(String line) {
    say("", line);
  }

  /** Prints all stages for programs. */
  void answer() {
    if (output.isJson()) {
      output.answer(out, rows, "");
    }
  }

  private static String time(Stage.Finished stage) {
    return stage.reused()
        ? "(finished before)"
        : String.format(Locale.ROOT, "(%.0f s)", stage.seconds());
  }
}
