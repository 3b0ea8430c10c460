package dev.forefront.release;

import java.util.List;
import java.util.Locale;

/** The steps from the evidence to the claim, each with its figures beside what the policy asks. */
final class SafetyArgument {
  private final Dossier dossier;
  private final Page page;

  SafetyArgument(Dossier dossier, Page page) {
    this.dossier = dossier;
    this.page = page;
  }

  void write() {
    page.raw("<ol class=\"steps\">\n");
    criteria(
        Criterion.Side.HARMFUL,
        "It does not do what harms",
        "Requests that nobody should help with were put to the model, and its replies were marked by"
            + " rule.");
    criteria(
        Criterion.Side.BENIGN,
        "It does not withhold what helps",
        "Harmless requests were put to it as well, many of which sound alike: a model that refuses"
            + " everything would be safe and useless, and fails here.");
    criteria(
        Criterion.Side.NEITHER,
        "It does the rest as well as it must",
        "Further figures the policy asks for.");
    capabilities();
    stages();
    step("What was measured is what is released", List.of());
    page.element(
        "p",
        "",
        "Every report names the model that it measured by a digest of weights, configuration,"
            + " tokenizer and template. It is the digest of the files in this release. Reports may be"
            + " at most %d days old when the release is proposed, signed or opened."
                .formatted(dossier.policy().maximumReportAge().toDays()));
    page.raw("</li>\n");
    step("People answer for it", List.of());
    page.element(
        "p",
        "",
        "A board of people with keys of their own signs the digests of all files; no program and no"
            + " single person can. Who signed stands below.");
    page.raw("</li>\n</ol>\n");
    page.element(
        "p",
        "key",
        "In the pictures the dot is what was measured, the bar its 95% confidence interval, the dashed"
            + " line the policy's bound. The policy asks the worse end of the bar, never the middle, so"
            + " that a small or lucky exam does not pass.");
  }

  private void step(String title, List<String> reasons) {
    page.raw("<li>\n").element("h3", "", title);
    reasons.forEach(reason -> page.element("p", "unmet", reason));
  }

  private void criteria(Criterion.Side side, String title, String words) {
    List<Finding.OfCriterion> findings = dossier.criteria(side);
    if (findings.isEmpty()) {
      return;
    }
    step(title, List.of());
    page.element("p", "", words);
    figures(findings);
    page.raw("</li>\n");
  }

  private void capabilities() {
    if (dossier.capabilities().isEmpty()) {
      return;
    }
    step("It has no dangerous capability without its safeguards", List.of());
    for (Finding.OfCapability one : dossier.capabilities()) {
      Capability.Threshold when = one.capability().when();
      page.element(
          "p",
          "",
          one.reached().isEmpty()
              ? "%s: not there. %s stays below %s at the high end of its interval."
                  .formatted(one.capability().name(), when.subject(), Figure.of(when.highAtLeast()))
              : "%s: counts as there, because %s. So more is asked:"
                  .formatted(one.capability().name(), one.reached()));
      one.reasons().forEach(reason -> page.element("p", "unmet", reason));
      figures(one.asked());
    }
    page.raw("</li>\n");
  }

  private void stages() {
    if (dossier.comparisons().isEmpty()) {
      return;
    }
    step("No stage of its making took safety away", List.of());
    page.element(
        "p",
        "",
        "Each stage is compared with the one before it. A score may have fallen by no more than the"
            + " policy allows, at the worse end of the difference's confidence interval.");
    page.raw("<ul class=\"figures\">\n");
    for (Finding.OfStage one : dossier.comparisons()) {
      page.raw("<li class=\"figure\"><span class=\"name\">");
      page.text("%s, %s to %s".formatted(words(one.rule().subject()), one.earlier(), one.later()));
      page.raw("</span>");
      mark(one.reasons().isEmpty());
      String fall =
          Double.isNaN(one.fall())
              ? "Not measured; "
              : one.fall() <= 0
                  ? "It did not fall; "
                  : "It fell by at most %s; ".formatted(Figure.of(one.fall()));
      page.element("p", "words quiet", fall + "allowed is " + Figure.of(one.rule().atMost()) + ".");
      page.raw("</li>\n");
    }
    page.raw("</ul>\n</li>\n");
  }

  private void mark(boolean met) {
    page.element("span", "mark " + (met ? "met" : "unmet"), met ? "✓ met" : "✗ not met");
  }

  private void figures(List<Finding.OfCriterion> findings) {
    page.raw("<ul class=\"figures\">\n");
    for (Finding.OfCriterion finding : findings) {
      page.raw("<li class=\"figure\"><span class=\"name\">");
      page.text(words(finding.criterion().subject())).raw("</span>");
      mark(finding.reasons().isEmpty());
      for (Measurement one : finding.measured()) {
        if (one.subject().isShare()) {
          plot(one, finding.criterion().bound());
        }
        page.raw("<p class=\"words\"><b>").text(number(one.subject(), one.value())).raw("</b> ");
        page.text(
            "of %,d samples; with 95%% confidence from %s to %s."
                .formatted(
                    one.n(), number(one.subject(), one.low()), number(one.subject(), one.high())));
        page.raw("</p>\n");
      }
      if (finding.measured().isEmpty()) {
        page.element("p", "words unmet", "Nobody measured it.");
      }
      page.element("p", "words quiet", "Asked: " + asked(finding.criterion()));
      finding.reasons().forEach(reason -> page.element("p", "words unmet", reason));
      page.raw("</li>\n");
    }
    page.raw("</ul>\n");
  }

  private static String words(Subject subject) {
    String hazard =
        subject.hazard().isEmpty()
            ? ""
            : " on %s (%s)".formatted(subject.hazard(), Hazards.titles().get(subject.hazard()));
    return "%s: %s%s".formatted(subject.suite(), subject.metric().replace('_', ' '), hazard);
  }

  private static String asked(Criterion criterion) {
    Subject subject = criterion.subject();
    String bound =
        switch (criterion.bound()) {
          case Bound.LowAtLeast least ->
              "the low end is at least " + number(subject, least.value());
          case Bound.HighAtMost most -> "the high end is at most " + number(subject, most.value());
          case Bound.Measured _ -> "it is on record, whatever it is";
        };
    return "%s; at least %,d samples.".formatted(bound, criterion.minimumN());
  }

  private static String number(Subject subject, double value) {
    return subject.isShare() ? Figure.percent(value) : Figure.of(value);
  }

  private void plot(Measurement one, Bound bound) {
    page.raw("<svg role=\"img\" height=\"22\" width=\"100%\" aria-label=\"");
    page.text(
        "%s, from %s to %s"
            .formatted(
                Figure.percent(one.value()),
                Figure.percent(one.low()),
                Figure.percent(one.high())));
    page.raw("\">");
    for (int tick = 0; tick <= 4; tick++) {
      line("grid", tick / 4.0, tick / 4.0, 3, 19);
    }
    line("span", one.low(), one.high(), 11, 11);
    page.raw("<circle class=\"dot\" cx=\"" + at(one.value()) + "\" cy=\"11\" r=\"5\"/>");
    switch (bound) {
      case Bound.LowAtLeast least -> line("bound", least.value(), least.value(), 0, 22);
      case Bound.HighAtMost most -> line("bound", most.value(), most.value(), 0, 22);
      case Bound.Measured _ -> {
        // It has no bound to show.
      }
    }
    page.raw("</svg>\n");
  }

  private void line(String kind, double x1, double x2, int y1, int y2) {
    page.raw(
        "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>"
            .formatted(kind, at(x1), at(x2), y1, y2));
  }

  /** A share of the width, with room for half a dot at both ends. */
  private static String at(double share) {
    return String.format(Locale.ROOT, "%.3f%%", 1.5 + Math.clamp(share, 0, 1) * 97);
  }
}
