package dev.forefront.evaluate;

import dev.forefront.evaluate.ReportPage.Stage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Every figure, with its interval and n: a row for each suite and metric, a column a stage. Figures
 * by hazard stand in a table of their own.
 */
final class ResultTable {

  private record Row(String suite, String metric, String hazard) {}

  private ResultTable() {}

  static void write(Html page, List<Stage> stages) {
    SequencedSet<Row> rows = rows(stages);
    page.raw("<section>\n").element("h2", "", "Results");
    table(page, "Results", stages, rows.stream().filter(row -> row.hazard().isEmpty()).toList());
    List<Row> hazards = rows.stream().filter(row -> !row.hazard().isEmpty()).toList();
    if (!hazards.isEmpty()) {
      page.raw("<details>\n").element("summary", "", "By hazard");
      table(page, "Results by hazard", stages, hazards);
      page.raw("</details>\n");
    }
    page.raw("</section>\n");
  }

  private static void table(Html page, String label, List<Stage> stages, List<Row> rows) {
    page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").text(label);
    page.raw("\">\n<table>\n<thead><tr><th scope=\"col\">suite</th><th scope=\"col\">metric</th>");
    for (Stage stage : stages) {
      page.raw("<th scope=\"col\">").text(stage.name()).raw("</th>");
    }
    page.raw("<th scope=\"col\">n</th></tr></thead>\n<tbody>\n");
    for (Row row : rows) {
      page.raw("<tr><th scope=\"row\">").text((row.suite() + " " + row.hazard()).strip());
      page.raw("</th><td>").text(row.metric().replace('_', ' ')).raw("</td>");
      stages.forEach(stage -> cell(page, figure(stage, row)));
      page.raw("<td class=\"number\">").text(counts(stages, row)).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n</div>\n");
  }

  private static Optional<Result> figure(Stage stage, Row row) {
    return stage.report().result(row.suite(), row.metric(), row.hazard());
  }

  private static SequencedSet<Row> rows(List<Stage> stages) {
    SequencedSet<Row> rows = new LinkedHashSet<>();
    for (Stage stage : stages) {
      stage
          .report()
          .results()
          .forEach(result -> rows.add(new Row(result.suite(), result.metric(), result.hazard())));
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
      figure(stage, row).ifPresent(result -> counts.add("%,d".formatted(result.n())));
    }
    return String.join(" / ", counts);
  }
}
