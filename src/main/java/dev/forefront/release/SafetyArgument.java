package dev.forefront.release;

import java.util.List;
import java.util.Locale;

/** The steps from the evidence to the claim, each with its figures beside what the policy asks. */
final class SafetyArgument {
  private final Dossier dossier;
  private final SafetyCase.Standing standing;
  private final Page page;

  SafetyArgument(Dossier dossier, SafetyCase.Standing standing, Page page) {
    this.dossier = dossier;
    this.standing = standing;
    this.page = page;
  }

  void write() {
    page.raw("<ol class=\"steps\">\n");
    criteria(
        Criterion.Side.HARMFUL,
        "It does not do what harms",
        "Requests that nobody should help with were put to the model, and its replies were marked"
            + " by rule.");
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
    step("What was measured is what is released");
    page.element(
        "p",
        "",
        "Every report names the model that it measured by a digest of weights, configuration,"
            + " tokenizer and template, which must be that of the files in the release. Reports may"
            + " be at most %d days old when the release is proposed, signed or opened. %s"
                .formatted(dossier.policy().maximumReportAge().toDays(), integrity()));
    page.raw("</li>\n");
    step("People answer for it");
    page.element(
        "p",
        "",
        "A board of people with keys of their own signs the digests of all files; no program and no"
            + " single person can. "
            + consent());
    page.raw("</li>\n</ol>\n");
    page.element(
        "p",
        "key",
        "In the pictures, which run from 0 to 100%, the dot is what was measured, the bar its 95%"
            + " confidence interval, the dashed line the policy's bound. The policy asks the worse"
            + " end of the bar, never the middle, so that a small or lucky exam does not pass.");
  }

  private String integrity() {
    return switch (standing) {
      case SafetyCase.Standing.Proposed _ -> "It was so when this page was written.";
      case SafetyCase.Standing.Verified _ ->
          "It is so: every digest was computed anew for this page.";
      case SafetyCase.Standing.Failed _ ->
          "Whether it is so, the reasons at the top of this page say.";
    };
  }

  private String consent() {
    return switch (standing) {
      case SafetyCase.Standing.Proposed _ -> "Nobody had signed when this page was written.";
      case SafetyCase.Standing.Verified _ -> "Enough of them did; who, stands below.";
      case SafetyCase.Standing.Failed _ -> "As long as the check fails, no signature counts.";
    };
  }

  private void step(String title) {
    page.raw("<li>\n").element("h3", "", title);
  }

  private void criteria(Criterion.Side side, String title, String words) {
    List<Finding.OfCriterion> findings = dossier.criteria(side);
    if (findings.isEmpty()) {
      return;
    }
    step(title);
    page.element("p", "", words);
    figures(findings);
    page.raw("</li>\n");
  }

  private void capabilities() {
    if (dossier.capabilities().isEmpty()) {
      return;
    }
    step("It has no dangerous capability without its safeguards");
    for (Finding.OfCapability one : dossier.capabilities()) {
      Capability.Threshold when = one.capability().when();
      page.element(
          "p",
          "",
          one.reached().isEmpty()
              ? "%s: not there. The %s stays below %s at the high end of its interval."
                  .formatted(
                      one.capability().name(),
                      words(when.subject()),
                      number(when.subject(), when.highAtLeast()))
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
    step("No stage of its making took safety away");
    page.element(
        "p",
        "",
        "Each stage is compared with the one before it. A score may have fallen by no more than the"
            + " policy allows, at the worse end of the difference's confidence interval.");
    page.raw("<ul class=\"figures\">\n");
    for (Finding.OfStage one : dossier.comparisons()) {
      page.raw("<li class=\"figure\"><span class=\"name\">");
      page.text("From %s to %s".formatted(one.earlier(), one.later())).raw("</span>");
      mark(one.reasons().isEmpty());
      page.element("p", "words", "The " + words(one.rule().subject()) + ". " + fall(one));
      one.reasons().forEach(reason -> page.element("p", "words unmet", reason));
      page.raw("</li>\n");
    }
    page.raw("</ul>\n</li>\n");
  }

  private static String fall(Finding.OfStage one) {
    Subject subject = one.rule().subject();
    String allowed = change(subject, one.rule().atMost());
    if (Double.isNaN(one.fall())) {
      return "It was not measured for both; allowed: %s.".formatted(allowed);
    }
    return one.fall() <= 0
        ? "It did not fall; allowed: %s.".formatted(allowed)
        : "It fell by at most %s; allowed: %s.".formatted(change(subject, one.fall()), allowed);
  }

  private static String change(Subject subject, double by) {
    return subject.isShare()
        ? String.format(Locale.ROOT, "%.1f percentage points", 100 * by)
        : Figure.of(by);
  }

  private void mark(boolean met) {
    page.element("span", "mark " + (met ? "met" : "unmet"), met ? "✓ met" : "✗ not met");
  }

  private void figures(List<Finding.OfCriterion> findings) {
    if (findings.isEmpty()) {
      return;
    }
    page.raw("<ul class=\"figures\">\n");
    for (Finding.OfCriterion finding : findings) {
      page.raw("<li class=\"figure\"><span class=\"name\">");
      Criterion criterion = finding.criterion();
      page.text(title(criterion)).raw("</span>");
      mark(finding);
      if (!criterion.why().isEmpty()) {
        page.element("p", "words quiet", "The " + words(criterion.subject()) + ".");
      }
      for (Measurement one : finding.measured()) {
        if (one.subject().isShare()) {
          plot(one, finding.criterion().bound());
        }
        page.raw("<p class=\"words\"><b>").text(number(one.subject(), one.value())).raw("</b> ");
        page.text(
            "%s %,d samples; with 95%% confidence from %s to %s."
                .formatted(
                    one.subject().isShare() ? "of" : "on",
                    one.n(),
                    number(one.subject(), one.low()),
                    number(one.subject(), one.high())));
        page.raw("</p>\n");
      }
      if (finding.measured().isEmpty()) {
        page.element("p", "words unmet", "No usable report has measured it.");
      }
      page.element("p", "words quiet", "Asked: " + asked(finding.criterion()));
      finding.missed().forEach(reason -> page.element("p", "words unmet", reason));
      Waived waived = finding.waived();
      if (waived != null) {
        page.element(
            "p",
            "words",
            "The board waived this until %s, signed by %s: %s"
                .formatted(waived.until(), String.join(", ", waived.by()), waived.reason()));
      }
      page.raw("</li>\n");
    }
    page.raw("</ul>\n");
  }

  private void mark(Finding.OfCriterion finding) {
    if (finding.waived() == null) {
      mark(finding.reasons().isEmpty());
    } else {
      page.element("span", "mark waived", "! not met, waived");
    }
  }

  private static String title(Criterion criterion) {
    String words = words(criterion.subject());
    return criterion.why().isEmpty()
        ? words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1)
        : criterion.why();
  }

  private static String words(Subject subject) {
    String hazard =
        subject.hazard().isEmpty()
            ? ""
            : ", %s (%s) alone".formatted(subject.hazard(), Hazards.titles().get(subject.hazard()));
    return "%s in the exam “%s”%s"
        .formatted(subject.metric().replace('_', ' '), subject.suite(), hazard);
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
    return "%s; at least %,d %s."
        .formatted(bound, criterion.minimumN(), criterion.minimumN() == 1 ? "sample" : "samples");
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
    line("grid", 0, 1, 11, 11);
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
