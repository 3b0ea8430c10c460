package dev.forefront.evaluate;

import dev.forefront.evaluate.ReportPage.Stage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** Every figure, with its interval and n: a row for each suite and metric, a column a stage. */
final class ResultTable {

  private record Row(String suite, String metric) {}

  private ResultTable() {}

  static void write(Html page, List<Stage> stages) {
    page.raw("<section>\n").element("h2", "", "Results");
    page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results\">\n");
    page.raw("<table>\n<thead><tr><th scope=\"col\">suite</th><th scope=\"col\">metric</th>");
    for (Stage stage : stages) {
      page.raw("<th scope=\"col\">").text(stage.name()).raw("</th>");
    }
    page.raw("<th scope=\"col\">n</th></tr></thead>\n<tbody>\n");
    for (Row row : rows(stages)) {
      page.raw("<tr><th scope=\"row\">").text(row.suite()).raw("</th><td>");
      page.text(row.metric().replace('_', ' ')).raw("</td>");
      stages.forEach(stage -> cell(page, stage.report().result(row.suite(), row.metric())));
      page.raw("<td class=\"number\">").text(counts(stages, row)).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n</section>\n");
  }

  private static SequencedSet<Row> rows(List<Stage> stages) {
    SequencedSet<Row> rows = new LinkedHashSet<>();
    for (Stage stage : stages) {
      stage
          .report()
          .results()
          .forEach(result -> rows.add(new Row(result.suite(), result.metric())));
    }
    return rows;
  }

  private static void cell(Html page, Optional<Result> found) {
    page.raw("<td class=\"number\">");
    if (found.isPresent()) {
      Result result = found.get();
      page.raw("<b>").text(Figures.of(result, result.value())).raw("</b> <small>");
      page.text(Figures.of(result, result.low()) + " – " + Figures.of(result, result.high()));
      page.raw("</small>");
    } else {
      page.raw("<span class=\"quiet\">not measured</span>");
    }
    page.raw("</td>");
  }

  private static String counts(List<Stage> stages, Row row) {
    SequencedSet<String> counts = new LinkedHashSet<>();
    for (Stage stage : stages) {
      stage
          .report()
          .result(row.suite(), row.metric())
          .ifPresent(result -> counts.add("%,d".formatted(result.n())));
    }
    return String.join(" / ", counts);
  }
}
