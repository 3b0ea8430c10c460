package dev.forefront.evaluate;

import dev.forefront.conversation.AtomicFile;
import java.nio.file.Path;
import java.util.List;

/**
 * How a training went, as one page that opens offline and without scripts: curves, a table of
 * facts, and what the model wrote on the way.
 *
 * @param title of the page
 * @param charts each with its own axes
 * @param facts rows of a table: a name, then values
 * @param samples that the model wrote, by the update after which it did
 */
public record RunPage(
    String title, List<Chart> charts, List<List<String>> facts, List<Sample> samples) {

  /** Curves that share their axes; those without a point are left out. */
  public record Chart(String name, List<Curve> curves) {
    public Chart {
      curves = curves.stream().filter(curve -> !curve.points().isEmpty()).toList();
    }
  }

  /** What a model wrote on after a prompt. */
  public record Sample(int updates, String prompt, String text) {}

  public RunPage {
    charts = List.copyOf(charts);
    facts = List.copyOf(facts);
    samples = List.copyOf(samples);
  }

  public void write(Path file) {
    AtomicFile.write(file, html());
  }

  public String html() {
    Html page = new Html();
    ReportPage.head(page, title);
    page.raw("<header>\n").element("h1", "", title).raw("</header>\n");
    page.raw("<section>\n<div class=\"charts\">\n");
    for (Chart chart : charts) {
      if (!chart.curves().isEmpty()) {
        CurvePlot.write(page, chart.name(), chart.curves());
      }
    }
    page.raw("</div>\n</section>\n");
    facts(page);
    samples(page);
    return page.raw("</main>\n</body>\n</html>\n").toString();
  }

  private void facts(Html page) {
    if (facts.isEmpty()) {
      return;
    }
    page.raw("<section>\n").element("h2", "", "In figures").raw("<table>\n");
    for (int row = 0; row < facts.size(); row++) {
      page.raw("<tr>");
      for (int column = 0; column < facts.get(row).size(); column++) {
        page.element(row == 0 || column == 0 ? "th" : "td", "", facts.get(row).get(column));
      }
      page.raw("</tr>\n");
    }
    page.raw("</table>\n</section>\n");
  }

  private void samples(Html page) {
    if (samples.isEmpty()) {
      return;
    }
    page.raw("<section>\n").element("h2", "", "What it wrote on the way");
    for (Sample sample : samples) {
      page.raw("<p><strong>")
          .text("after %,d updates: ".formatted(sample.updates()))
          .raw("</strong> ")
          .text(sample.prompt())
          .raw(" <em>")
          .text(sample.text())
          .raw("</em></p>\n");
    }
    page.raw("</section>\n");
  }
}
