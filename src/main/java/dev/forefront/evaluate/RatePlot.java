package dev.forefront.evaluate;

import dev.forefront.evaluate.ReportPage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rates with their intervals: one group a suite, one row a stage. */
final class RatePlot {

  private RatePlot() {}

  static boolean shows(Result result) {
    return result.isRate() && result.hazard().isEmpty() && !result.metric().equals("error_rate");
  }

  static void write(Html page, List<Stage> stages) {
    page.raw("<div class=\"rates\">\n");
    for (Result head : heads(stages)) {
      page.raw("<div class=\"rate\">\n<h3>").text(head.suite()).raw(" <small>");
      page.text(head.metric().replace('_', ' ')).raw("</small></h3>\n");
      for (int at = 0; at < stages.size(); at++) {
        int index = at;
        stages
            .get(at)
            .report()
            .result(head.suite(), head.metric())
            .ifPresent(result -> row(page, stages.get(index).name(), result, index));
      }
      page.raw("<div class=\"row axis\" aria-hidden=\"true\"><span></span><span class=\"x\">");
      page.raw("<span>0%</span><span>50%</span><span>100%</span></span></div>\n</div>\n");
    }
    page.raw("</div>\n");
  }

  /** One result for each suite and metric, in the order of first appearance. */
  private static List<Result> heads(List<Stage> stages) {
    List<Result> heads = new ArrayList<>();
    for (Stage stage : stages) {
      for (Result result : stage.report().results()) {
        boolean known =
            heads.stream()
                .anyMatch(
                    head ->
                        head.suite().equals(result.suite())
                            && head.metric().equals(result.metric()));
        if (shows(result) && !known) {
          heads.add(result);
        }
      }
    }
    return heads;
  }

  private static void row(Html page, String stage, Result result, int colour) {
    String label =
        "%s: %s, 95%% interval %s to %s, n = %,d"
            .formatted(
                stage,
                Figures.percent(result.value()),
                Figures.percent(result.low()),
                Figures.percent(result.high()),
                result.n());
    page.raw("<div class=\"row c" + colour % 4 + "\"><span class=\"who\">").text(stage);
    page.raw("</span><svg role=\"img\" height=\"22\" width=\"100%\" aria-label=\"").text(label);
    page.raw("\"><title>").text(label).raw("</title>");
    for (int tick = 0; tick <= 100; tick += 25) {
      page.raw(line("grid", tick, tick, 0, 22));
    }
    page.raw(line("span", 100 * result.low(), 100 * result.high(), 11, 11));
    page.raw("<circle class=\"dot\" cx=\"" + at(100 * result.value()) + "\" cy=\"11\" r=\"5\"/>");
    page.raw("</svg><span class=\"value\">").text(Figures.percent(result.value()));
    page.raw("</span></div>\n");
  }

  private static String line(String kind, double x1, double x2, int y1, int y2) {
    return "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>"
        .formatted(kind, at(x1), at(x2), y1, y2);
  }

  /** A percentage of the width, with room for half a dot at both ends. */
  private static String at(double percent) {
    return String.format(Locale.ROOT, "%.3f%%", 1.5 + percent * 0.97);
  }
}
