package dev.forefront.evaluate;

import dev.forefront.conversation.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * report.html: one file that opens offline, without scripts, in light and dark and on narrow
 * screens.
 *
 * @param title of the page
 * @param note shown in a box at the top, for example that the board is a demo board; or empty
 * @param stages of one model's life, in order
 */
public record ReportPage(String title, String note, List<Stage> stages) {

  /**
   * One model of those compared.
   *
   * @param name for people: {@code pretrained}, {@code supervised}, {@code aligned}
   * @param report what was measured
   * @param curves of its training; may be empty
   */
  public record Stage(String name, Report report, List<Curve> curves) {
    public Stage {
      curves = List.copyOf(curves);
    }
  }

  public ReportPage {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("a report without a model");
    }
  }

  public void write(Path file) {
    AtomicFile.write(file, html());
  }

  public String html() {
    Html page = new Html();
    head(page, title);
    header(page);
    rates(page);
    curves(page);
    ResultTable.write(page, stages);
    Examples.write(page, stages);
    footer(page);
    return page.raw("</main>\n</body>\n</html>\n").toString();
  }

  /** Everything up to the beginning of the page's own content. */
  static void head(Html page, String title) {
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .raw("<meta http-equiv=\"Content-Security-Policy\"")
        .raw(" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        .element("title", "", title)
        .raw("<style>\n" + css() + "</style>\n</head>\n<body>\n<main>\n");
  }

  private void header(Html page) {
    page.raw("<header>\n").element("h1", "", title);
    Report last = stages.getLast().report();
    page.element("p", "quiet", "Measured " + last.created() + " by " + last.harness());
    page.raw("</header>\n");
    if (!note.isEmpty()) {
      page.element("p", "note", note);
    }
  }

  private void rates(Html page) {
    if (stages.stream()
        .noneMatch(stage -> stage.report().results().stream().anyMatch(RatePlot::shows))) {
      return;
    }
    page.raw("<section>\n")
        .element("h2", "", "Refusing what harms, answering what does not")
        .element(
            "p",
            "quiet",
            "Each dot is a rate, the bar its 95% interval. Further right is better in every row.");
    RatePlot.write(page, stages);
    page.raw("</section>\n");
  }

  private void curves(Html page) {
    if (stages.stream().allMatch(stage -> stage.curves().isEmpty())) {
      return;
    }
    page.raw("<section>\n").element("h2", "", "Training loss").raw("<div class=\"charts\">\n");
    for (Stage stage : stages) {
      if (!stage.curves().isEmpty()) {
        CurvePlot.write(page, stage.name(), stage.curves());
      }
    }
    page.raw("</div>\n</section>\n");
  }

  private void footer(Html page) {
    page.raw("<footer>\n<h2>How to read this</h2>\n")
        .element(
            "p",
            "",
            "Rates carry exact 95% intervals (Clopper-Pearson), perplexities 95% bootstrap"
                + " intervals over whole texts; n is the number of replies, pairs or texts. A reply"
                + " that could not be had counts against the model. The same figures lie beside"
                + " this page in report.json; a policy reads the worse end of an interval, never"
                + " the middle.");
    page.raw("<dl class=\"digests\">\n");
    for (Stage stage : stages) {
      page.element("dt", "", stage.name()).element("dd", "", stage.report().modelDigest());
    }
    page.raw("</dl>\n</footer>\n");
  }

  private static String css() {
    try (@Nullable InputStream stream = ReportPage.class.getResourceAsStream("report.css")) {
      if (stream == null) {
        throw new IllegalStateException("report.css is missing from this build");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
