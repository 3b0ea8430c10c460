package dev.forefront.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code safety-case.html}: why a release may be served, for people who know neither this program
 * nor machine learning. Claim, argument, evidence, signatures, and what all of it does not cover;
 * one file without scripts that opens offline, in light and dark and on narrow screens.
 */
record SafetyCase(Dossier dossier, Standing standing) {

  /** What is known about a release when the page is written. */
  sealed interface Standing {
    /** Nobody has signed yet. */
    record Proposed() implements Standing {}

    /** Everything was verified just now. */
    record Verified(List<String> signers, String terms) implements Standing {}

    /** It was looked at just now and is not in order. */
    record Failed(List<String> reasons) implements Standing {}
  }

  String html() {
    Page page = new Page();
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .raw("<meta http-equiv=\"Content-Security-Policy\"")
        .raw(" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        .element("title", "", "Safety case: " + dossier.name())
        .raw("<style>\n" + css() + "</style>\n</head>\n<body>\n<main>\n");
    header(page);
    claim(page);
    page.raw("<section>\n").element("h2", "", "Argument");
    new SafetyArgument(dossier, standing, page).write();
    page.raw("</section>\n");
    waivers(page);
    evidence(page);
    signatures(page);
    limits(page);
    check(page);
    return page.raw("</main>\n</body>\n</html>\n").toString();
  }

  private void header(Page page) {
    page.raw("<header>\n").element("p", "kicker", "Safety case");
    page.element("h1", "", dossier.name());
    switch (standing) {
      case Standing.Proposed _ ->
          page.element("p", "standing proposed", "Proposed: nobody has signed yet");
      case Standing.Verified verified ->
          page.element(
              "p",
              "standing verified",
              "✓ Verified: signed by " + String.join(", ", verified.signers()));
      case Standing.Failed failed -> {
        page.element("p", "standing failed", "✗ Not in order: do not serve it");
        page.raw("<ul class=\"reasons\">\n");
        failed.reasons().forEach(reason -> page.element("li", "", reason));
        page.raw("</ul>\n");
      }
    }
    for (Waived waived : dossier.evidence().waived()) {
      page.element(
          "p",
          "note",
          "The policy's criterion %s is not met. The board waived it for this release until %s; then the release stops."
              .formatted(waived.criterion(), waived.until()));
    }
    if (dossier.candidate().board().isDemo()) {
      page.element(
          "p",
          "note",
          "A demo board signs here: one person holds all of its keys, so its signatures show how"
              + " release works and vouch for nothing.");
    }
    page.raw("</header>\n");
  }

  private void claim(Page page) {
    page.raw("<section>\n").element("h2", "", "Claim");
    if (standing instanceof Standing.Failed) {
      page.element("p", "unmet", "This is what was claimed. It does not hold as it stands:");
    }
    String behind = dossier.has(Part.GUARD) ? ", behind the guard that comes with it" : "";
    page.element(
        "p",
        "claim",
        "The model “%s” may be served to people under the policy “%s”%s."
            .formatted(dossier.name(), dossier.policy().name(), behind));
    if (!dossier.policy().description().isEmpty()) {
      page.raw("<p class=\"quiet\" style=\"margin-top:.75rem\">What the policy is for: ")
          .text(dossier.policy().description())
          .raw("</p>\n");
    }
    page.raw("</section>\n");
  }

  private void waivers(Page page) {
    List<Finding.OfCriterion> waived =
        dossier.criteria().stream().filter(one -> one.waived() != null).toList();
    if (waived.isEmpty()) {
      return;
    }
    page.raw("<section>\n").element("h2", "", "Waivers");
    page.element(
        "p",
        "",
        "What the release does not meet, and the board's larger quorum let it out all the same, for"
            + " a while. When a waiver ends or is withdrawn, the release stops.");
    table(page, "Waivers", "criterion", "what was missed", "why it was waived", "by", "until");
    for (Finding.OfCriterion one : waived) {
      Waived waiver = Objects.requireNonNull(one.waived());
      row(
          page,
          waiver.criterion(),
          String.join("; ", one.missed()),
          waiver.reason(),
          String.join(", ", waiver.by()),
          waiver.until().toString());
    }
    end(page);
    page.raw("</section>\n");
  }

  private void evidence(Page page) {
    page.raw("<section>\n").element("h2", "", "Evidence");
    table(page, "Reports", "report", "measured at", "figures");
    for (Report report : dossier.candidate().reports()) {
      row(
          page,
          report.where(),
          report.created() + ", by " + report.harness(),
          Integer.toString(report.measurements().size()));
    }
    dossier
        .candidate()
        .stageReports()
        .forEach(
            (stage, report) ->
                row(
                    page,
                    "stage " + stage,
                    report.created() + ", by " + report.harness(),
                    Integer.toString(report.measurements().size())));
    end(page);
    if (!dossier.datasets().isEmpty()) {
      page.element("p", "quiet", "What the model learnt from, as its makers wrote it down:");
      table(page, "Data", "data", "licence", "source");
      dossier.datasets().forEach(set -> row(page, set.name(), set.licence(), set.source()));
      end(page);
    }
    page.element(
        "p",
        "quiet",
        "What the release consists of. A digest is SHA-256 over the lines “sha256, two spaces,"
            + " path” of the part's files:");
    table(page, "Parts", "part", "digest");
    dossier
        .parts()
        .forEach(
            (part, digest) -> {
              page.raw("<tr><th scope=\"row\">").text(part.title()).raw("</th><td><code>");
              page.text(digest).raw("</code></td></tr>\n");
            });
    end(page);
    page.raw("</section>\n");
  }

  private static void table(Page page, String label, String... columns) {
    page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").text(label);
    page.raw("\">\n<table>\n<thead><tr>");
    for (String column : columns) {
      page.raw("<th scope=\"col\">").text(column).raw("</th>");
    }
    page.raw("</tr></thead>\n<tbody>\n");
  }

  private static void row(Page page, String head, String... cells) {
    page.raw("<tr><th scope=\"row\">").text(head).raw("</th>");
    for (String cell : cells) {
      page.raw("<td>").text(cell).raw("</td>");
    }
    page.raw("</tr>\n");
  }

  private static void end(Page page) {
    page.raw("</tbody>\n</table>\n</div>\n");
  }

  private void signatures(Page page) {
    page.raw("<section>\n").element("h2", "", "Signatures");
    Board board = dossier.candidate().board();
    switch (standing) {
      case Standing.Proposed _ ->
          page.element(
              "p",
              "",
              "This page was written when the release was proposed, so it cannot show who signed it"
                  + " later. The board signs this very page together with everything else.");
      case Standing.Verified verified -> {
        page.element(
            "p",
            "",
            "These members of the board “%s” looked at the release and signed it: %s. %s"
                .formatted(board.name(), String.join(", ", verified.signers()), verified.terms()));
        page.element(
            "p",
            "",
            "A signature is over the digest of every file. A file changed, missing, added or"
                + " renamed afterwards would have failed this check.");
      }
      case Standing.Failed _ ->
          page.element(
              "p",
              "",
              "The check failed, so whatever signatures there are do not count. The reasons stand"
                  + " at the top of this page.");
    }
    page.raw("<p class=\"quiet\">The board's public keys have the digest <code>");
    page.text(board.digest()).raw("</code>.</p>\n</section>\n");
  }

  private void limits(Page page) {
    page.raw("<section>\n").element("h2", "", "What this does not cover");
    page.raw("<ul class=\"limits\">\n");
    Limits.of(dossier).forEach(limit -> page.element("li", "", limit));
    page.raw("</ul>\n</section>\n");
  }

  private void check(Page page) {
    page.raw("<section>\n").element("h2", "", "How to check this yourself");
    page.element(
        "p",
        "",
        "A page proves nothing by itself. With the release's folder and the board's public keys,"
            + " from a place that you trust, this verifies all of it offline and writes this page"
            + " anew:");
    page.raw("<pre><code>./forefront release verify ").text(dossier.name());
    page.raw(" --board board.json --page safety-case.html</code></pre>\n</section>\n");
    page.raw("<footer>\n")
        .element(
            "p",
            "",
            "Written at "
                + dossier.now()
                + " for the model "
                + dossier.candidate().modelDigest()
                + ".")
        .raw("</footer>\n");
  }

  private static String css() {
    try (@Nullable InputStream stream = SafetyCase.class.getResourceAsStream("safety-case.css")) {
      if (stream == null) {
        throw new IllegalStateException("safety-case.css is missing from this build");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
